"""Exchange rates as the ERP publishes them (TCURR), and the one way to translate an amount with them.

The euro is the reference currency: a rate between two other currencies goes through it, and is rounded once.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import Month, day_number, is_business_day
from pipelines.demo.world import World
from pipelines.errors import ConcordError

Ints = npt.NDArray[np.int64]

GROUP_CURRENCY = "EUR"
CURRENCIES = (GROUP_CURRENCY, "USD", "GBP", "JPY")
ZERO_DECIMAL = ("JPY",)
FIRST = day_number(date(2023, 10, 1))
LAST = day_number(date(2032, 12, 31))

_BEFORE = FIRST - 2  # the Friday whose fixing holds on the Sunday that FIRST is
_UNIT = 10**7
_UKURS = 10**5
_CURRENCY = pl.Enum(CURRENCIES)
_WHOLE = np.array([100 if currency in ZERO_DECIMAL else 1 for currency in CURRENCIES], dtype=np.int64)
"""Of each currency: the minor units it lacks beside the others, and the units that its rate in EUR is for."""


@dataclass(frozen=True)
class _Walk:
    """A currency's mean-reverting walk: EUR for one unit at the start and in the long run, and the spread of a day's step."""

    start: float
    level: float
    daily: float
    reversion: float = 0.004


_WALKS = (_Walk(0.945, 0.915, 0.0042), _Walk(1.151, 1.168, 0.0032), _Walk(0.00631, 0.00618, 0.0050))  # USD, GBP, JPY


@dataclass(frozen=True)
class _Fixings:
    """Dense tables [day since FIRST, currency]: EUR for a unit × 10^7, and units for one EUR × 10^5, both as published."""

    direct: Ints
    reverse: Ints


@cache
def _fixings(seed: int) -> _Fixings:
    days = np.arange(_BEFORE, LAST + 1, dtype=np.int32)
    is_fixed = is_business_day(days)
    steps = int(is_fixed.sum())
    direct = np.full((len(days), len(CURRENCIES)), _UNIT, dtype=np.int64)
    for column, (currency, walk) in enumerate(zip(CURRENCIES[1:], _WALKS, strict=True), start=1):
        noise = Month(-1).rng(seed, f"rates {currency}").normal(0, walk.daily, steps)
        keep = 1 - walk.reversion
        gap = np.empty(steps)
        gap[0] = np.log(walk.start / walk.level)
        for step in range(1, steps):
            gap[step] = keep * gap[step - 1] + noise[step]
        published = np.floor(walk.level * np.exp(gap) * _factor(currency) * _UKURS + 0.5).astype(np.int64)
        last_fixing = np.cumsum(is_fixed) - 1
        direct[:, column] = published[last_fixing] * (_UNIT // _UKURS // _factor(currency))
    direct = direct[FIRST - _BEFORE :]
    twice = 2 * direct
    reverse = (2 * _UNIT * _UKURS + direct) // twice
    direct.flags.writeable = reverse.flags.writeable = False
    return _Fixings(direct, reverse)


def _factor(currency: str) -> int:
    """FFACT: the units of ``currency`` that its rate in EUR is for."""
    return 100 if currency in ZERO_DECIMAL else 1


@cache
def rates(seed: int) -> pl.DataFrame:
    """Rates of every calendar day from FIRST to LAST: day Int32, currency, rate Int64 (EUR for one unit × 10^7).

    Each is a published UKURS exactly; weekends and holidays carry the last fixing.
    """
    direct = _fixings(seed).direct
    days = np.arange(FIRST, LAST + 1, dtype=np.int32)
    frames = [
        pl.DataFrame({"day": days, "rate": direct[:, column]}).select(
            "day", pl.lit(currency).alias("currency"), pl.col("rate")
        )
        for column, currency in enumerate(CURRENCIES)
    ]
    return pl.concat(frames).sort("day", maintain_order=True)


@dataclass(frozen=True)
class Exchange:
    """How to translate amounts, one element a row: from a source to a target currency at the rates of a day.

    ``direct``: EUR for one unit of the source × 10^7; ``reverse``: units of the target for one EUR × 10^5.
    ``source`` and ``target`` are places in CURRENCIES.
    """

    direct: Ints
    reverse: Ints
    source: Ints
    target: Ints

    @property
    def is_same(self) -> npt.NDArray[np.bool_]:
        """Whether source and target are one currency."""
        return np.asarray(self.source == self.target, dtype=np.bool_)

    def take(self, rows: npt.NDArray[np.integer]) -> "Exchange":
        """The elements at ``rows``: from documents to their lines."""
        return Exchange(self.direct[rows], self.reverse[rows], self.source[rows], self.target[rows])

    def translate(self, amounts: Ints) -> Ints:
        """Minor units of the source → minor units of the target, half a unit away from zero; exact to 10^10 minor units."""
        in_euro = np.abs(amounts) * (self.direct * _WHOLE[self.source])  # × 10^7
        # 64 bits do not hold the product of both rates, so its upper and lower digits are multiplied apart; nothing is lost.
        upper, lower = np.divmod(in_euro, 10**6)
        product = upper * self.reverse + lower * self.reverse // 10**6  # × 10^6
        divisor = 10**6 * _WHOLE[self.target]
        rounded = (product + divisor // 2) // divisor
        return np.where(self.is_same, amounts, np.where(amounts < 0, -rounded, rounded))

    @property
    def quoted(self) -> Ints:
        """The rate × 10^5 as a document of the ERP shows it (KURSF): for 100 yen, or for one of another source."""
        factors = _WHOLE[self.source]
        rate = (2 * self.direct * factors * self.reverse + _UNIT) // (2 * _UNIT)
        return np.where(self.is_same, _UKURS, rate)


def exchange(seed: int, source: pl.Series, target: pl.Series, day: pl.Series) -> Exchange:
    """How to translate from the currencies ``source`` to ``target``, row by row, at the rates published for ``day``.

    Raises ConcordError for a currency or a day without a rate.
    """
    fixings = _fixings(seed)
    at = day.to_numpy().astype(np.int64) - FIRST
    if len(at) and (at.min() < 0 or at.max() > LAST - FIRST):
        raise ConcordError("There is no exchange rate on a day before October 2023 or after 2032.")
    sources, targets = _places(source), _places(target)
    return Exchange(fixings.direct[at, sources], fixings.reverse[at, targets], sources, targets)


def _places(currencies: pl.Series) -> Ints:
    places = currencies.cast(_CURRENCY, strict=False)
    if places.null_count():
        strange = currencies.filter(places.is_null()).unique(maintain_order=True).to_list()
        raise ConcordError(f"There is no exchange rate for the currency {strange[0]}.")
    return places.to_physical().to_numpy().astype(np.int64)


def convert(seed: int, frame: pl.DataFrame, amount: str, source: str, target: str, day: str, into: str) -> pl.DataFrame:
    """``frame`` with the column ``into``, Int64: ``amount`` in minor units of the target currency.

    ``amount``, ``source``, ``target`` and ``day`` name columns: minor units, currencies from and to, the day of the rate.
    Rounded once, half a unit away from zero. Raises ConcordError for a currency or a day without a rate.
    """
    how = exchange(seed, frame[source], frame[target], frame[day])
    return frame.with_columns(pl.Series(into, how.translate(frame[amount].to_numpy().astype(np.int64))))


def found(world: World) -> None:
    """Emit the fixings of the month before the history, which the first days fall back on."""
    days = np.arange(FIRST, world.month.first, dtype=np.int32)
    before = _daily(world.seed, days[is_business_day(days)])
    world.emit("sap/TCURR", before, on=world.month.first)


def live(world: World) -> None:
    """Emit the month's rates: a fixing each business day (KURST M), and the average of the fixings on its last day (AVG)."""
    days = world.month.days[is_business_day(world.month.days)]
    daily = _daily(world.seed, days)
    average = (
        daily.group_by("FCURR", "TCURR", maintain_order=True)
        .agg((pl.col("UKURS").sum() * 2 + pl.len()) // (2 * pl.len()), pl.col("FFACT").first(), pl.col("TFACT").first())
        .with_columns(
            KURST=pl.lit("AVG"), GDATU=pl.lit(world.month.last, dtype=pl.Int32), UKURS=pl.col("UKURS").cast(pl.Int64)
        )
    )
    world.emit("sap/TCURR", daily.with_columns(_on=pl.col("GDATU")))
    world.emit("sap/TCURR", average.select(daily.columns), on=world.month.last)


def _daily(seed: int, days: npt.NDArray[np.int32]) -> pl.DataFrame:
    fixings, at = _fixings(seed), days.astype(np.int64) - FIRST
    frames = []
    for column, currency in enumerate(CURRENCIES[1:], start=1):
        factor = _factor(currency)
        direct = fixings.direct[at, column] * factor // (_UNIT // _UKURS)
        pairs = (currency, GROUP_CURRENCY, direct, factor), (GROUP_CURRENCY, currency, fixings.reverse[at, column], 1)
        for source, target, ukurs, units in pairs:
            frame = pl.DataFrame({"GDATU": days, "UKURS": ukurs})
            frames.append(
                frame.select(
                    KURST=pl.lit("M"),
                    FCURR=pl.lit(source),
                    TCURR=pl.lit(target),
                    GDATU=pl.col("GDATU"),
                    UKURS=pl.col("UKURS"),
                    FFACT=pl.lit(units, dtype=pl.Int64),
                    TFACT=pl.lit(1, dtype=pl.Int64),
                )
            )
    return pl.concat(frames)
