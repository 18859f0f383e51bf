"""How values of the simulation become text in an extract: the ways of Salesforce and of SAP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import polars as pl

from pipelines.errors import ConcordError

OPERATION = "_op"
"""Column of a version: C created, U updated, D deleted."""
ON = "_on"
"""Column of a version: the day (Int32) on whose extract it is."""


class Kind(Protocol):
    """The kind of a column: makes the text of its values."""

    def text(self, column: str) -> pl.Expr:
        """The expression that gives the text of ``column``; null is an empty field."""
        ...


@dataclass(frozen=True)
class Text:
    """Text as it is."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.col(column).cast(pl.String)


@dataclass(frozen=True)
class Constant:
    """The same text in every row; the simulation does not carry the column."""

    value: str

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.lit(self.value).alias(column)


@dataclass(frozen=True)
class Padded:
    """A number with zeros before it, ``width`` digits: the keys of SAP (type ALPHA)."""

    width: int

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        whole: pl.Expr = pl.col(column).cast(pl.Int64) + 10**self.width
        return whole.cast(pl.String).str.slice(1)


@dataclass(frozen=True)
class Integer:
    """A whole number."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.col(column).cast(pl.Int64).cast(pl.String)


@dataclass(frozen=True)
class Decimal:
    """A whole number of parts, shown with ``places`` decimals: 1234 with 2 places is 12.34.

    An amount of SAP is minor units with 2 places whatever the currency: so a stored 1.30 of the zero-decimal JPY means 130.
    """

    places: int = 2

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        whole = pl.col(column).cast(pl.Int64).cast(pl.Decimal(24, self.places))
        shifted: pl.Expr = whole / 10**self.places
        return shifted.cast(pl.Decimal(24, self.places)).cast(pl.String)


@dataclass(frozen=True)
class Quantity:
    """A whole number of units, with SAP's three decimals."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        whole: pl.Expr = pl.col(column).cast(pl.Int64).cast(pl.String) + ".000"
        return whole


@dataclass(frozen=True)
class Money:
    """Minor units of the currency in ``currency``, shown in that currency's own decimals: Salesforce stores JPY 130 as 130."""

    currency: str = "CurrencyIsoCode"
    zero_decimal: tuple[str, ...] = ("JPY",)

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        is_whole = pl.col(self.currency).is_in(list(self.zero_decimal))
        return pl.when(is_whole).then(Integer().text(column)).otherwise(Decimal(2).text(column))


@dataclass(frozen=True)
class Date8:
    """A day as YYYYMMDD; null is 00000000, as in SAP."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.col(column).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y%m%d").fill_null("00000000")


@dataclass(frozen=True)
class IsoDate:
    """A day as YYYY-MM-DD; null is an empty field."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.col(column).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d")


@dataclass(frozen=True)
class Instant:
    """Seconds since 1970 in UTC, as Salesforce writes them: 2026-01-31T09:30:00.000+0000."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        instant = pl.from_epoch(pl.col(column).cast(pl.Int64), time_unit="s")
        return instant.dt.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


@dataclass(frozen=True)
class Flag:
    """True is X, false is empty: SAP's way."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.when(pl.col(column)).then(pl.lit("X"))


@dataclass(frozen=True)
class Boolean:
    """true or false: Salesforce's way."""

    def text(self, column: str) -> pl.Expr:
        """See Kind."""
        return pl.when(pl.col(column)).then(pl.lit("true")).otherwise(pl.lit("false"))


@dataclass(frozen=True)
class Shape:
    """An extract's table: its columns in order, its key, and how it lives.

    ``is_master``: versions of a key come at any time, so the history is held until its end. Otherwise all versions of a key are
    emitted in the month of its birth, and rows stream to the disk.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, Kind]
    is_master: bool = False
    defaults: dict[str, object] = field(default_factory=dict)

    @cached_property
    def typed(self) -> list[str]:
        """The columns that the simulation carries."""
        return [name for name, kind in self.columns.items() if not isinstance(kind, Constant)]

    def fit(self, versions: pl.DataFrame, made: Mapping[str, pl.Series] | None = None) -> pl.DataFrame:
        """``versions`` with exactly the typed columns, ``_on`` and ``_op``; a column that is absent is null.

        ``made``: columns that come beside those of ``versions``, or instead of them.
        Raises ConcordError for a column that the shape does not have.
        """
        known = [*self.typed, ON, OPERATION]
        there = versions.columns
        strange = [name for name in there if name not in known]
        if strange:
            raise ConcordError(f"{self.name} has no column {', '.join(strange)}.")
        columns = {column.name: column for column in versions.get_columns()} | dict(made or {})
        nothing = pl.Series([None]).new_from_index(0, versions.height)
        return pl.DataFrame([columns.get(name, nothing).alias(name) for name in known])

    def render(self, versions: pl.DataFrame) -> pl.DataFrame:
        """``versions`` as text, every column of the shape; empty texts are null, so that a field is empty without quotes."""
        texts = versions.select([kind.text(name).alias(name) for name, kind in self.columns.items()])
        return texts.with_columns(pl.when(pl.all() != "").then(pl.all()))
