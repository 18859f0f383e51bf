"""The general ledger: the one way to post a document (BKPF, ACDOCA), and the balances that it adds up to.

A document balances in its own currency, in the company's and in the group's (EUR).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.finance.accounts import FIRST_PROFIT_AND_LOSS, PAYABLES, RECEIVABLES, RETAINED_EARNINGS
from pipelines.demo.finance.chart_of_accounts import STOCK, currency_of
from pipelines.demo.finance.rates import GROUP_CURRENCY, Exchange, exchange
from pipelines.demo.lookup import with_schema
from pipelines.demo.world import World
from pipelines.errors import ConcordError

Ints = npt.NDArray[np.int64]


class _Kind(NamedTuple):
    """A kind of document (BLART): its number range, the first number of that, and who posts it (USNAM)."""

    numbers: str
    first: int
    user: str


_DEFAULT_KIND = _Kind("01", 100_000_000, "FI-BATCH")
_KINDS = {
    "RV": _Kind("RV", 90_000_000, "SD-BATCH"),
    "DR": _Kind("DR", 1_800_000_000, "KKLEIN"),
    "DG": _Kind("DR", 1_800_000_000, "KKLEIN"),
    "DZ": _Kind("DZ", 1_400_000_000, "EBS-BATCH"),
    "KZ": _Kind("KZ", 1_500_000_000, "F110-BATCH"),
    "ZP": _Kind("KZ", 1_500_000_000, "F110-BATCH"),
    "KR": _Kind("KR", 1_900_000_000, "MSOMMER"),
    "KG": _Kind("KR", 1_900_000_000, "MSOMMER"),
    "RE": _Kind("RE", 5_100_000_000, "MSOMMER"),
    "WE": _Kind("WE", 5_000_000_000, "WM-BATCH"),
    "WA": _Kind("WA", 4_900_000_000, "WM-BATCH"),
    "WL": _Kind("WA", 4_900_000_000, "WM-BATCH"),
    "WI": _Kind("WA", 4_900_000_000, "WM-BATCH"),
    "PR": _Kind("PR", 4_800_000_000, "ML-BATCH"),
    "AF": _Kind("AF", 300_000_000, "AA-BATCH"),
    "PY": _Kind("PY", 200_000_000, "HR-BATCH"),
    "SA": _Kind("01", 100_000_000, "TWEBER"),
    "AB": _Kind("01", 100_000_000, "KKLEIN"),
}

_FIRST_NUMBERS = {range_.numbers: range_.first for range_ in (*_KINDS.values(), _DEFAULT_KIND)}
_RANGES = tuple(_FIRST_NUMBERS)
_PLACES_OF_RANGES = {name: place for place, name in enumerate(_RANGES)}
_USERS = {kind: range_.user for kind, range_ in _KINDS.items()}

_BALANCE = {
    "company": pl.Int32,
    "account": pl.Int64,
    "year": pl.Int32,
    "period": pl.Int32,
    "debit": pl.Int64,
    "credit": pl.Int64,
    "group": pl.Int64,
}
_HEADER = {
    "doc": pl.Int64,
    "company": pl.Int32,
    "kind": pl.String,
    "posted": pl.Int32,
    "document_date": pl.Int32,
    "currency": pl.String,
}
_OPTIONAL_OF_HEADER = {
    "text": pl.String,
    "reference": pl.String,
    "source_type": pl.String,
    "source_number": pl.String,
    "reverses": pl.Int64,
}
_LINE = {"doc": pl.Int64, "account": pl.Int64, "amount": pl.Int64}
_OPTIONAL_OF_LINE = {
    "local": pl.Int64,
    "group": pl.Int64,
    "koart": pl.String,
    "cost_center": pl.String,
    "kunnr": pl.Int64,
    "lifnr": pl.Int64,
    "material": pl.Int64,
    "site": pl.Int32,
    "quantity": pl.Int64,
    "partner_company": pl.Int32,
}


def post(world: World, headers: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Post documents into the current month and give their numbers: doc, belnr Int64, gjahr Int32, in the order of ``headers``.

    ``headers``, one a document: doc Int64 (unique here), company, kind (BLART), posted and document_date (days), currency,
    and if there are: reference, text, source_type and source_number (AWTYP and AWREF; a document entered by hand refers to
    itself), reverses (the ``doc`` of this call that it reverses).
    ``lines``, in the order of their numbers: doc, account, amount (minor units of the document's currency, debit positive),
    and if there are: local, group (minor units of the company's currency and EUR), koart, cost_center, kunnr, lifnr,
    material, site, quantity, partner_company.
    A line without local or group is translated at the rate of the day posted; what rounding leaves over in a document goes to
    its largest translated line.

    Raises ConcordError for a document that does not balance in one of its currencies, has no lines or is posted outside of
    the month.
    """
    if headers.height == 0 and lines.height == 0:
        return pl.DataFrame(schema={"doc": pl.Int64, "belnr": pl.Int64, "gjahr": pl.Int32})
    headers = _numbered(world, _typed(headers, _HEADER, _OPTIONAL_OF_HEADER))
    lines, rows = _in_documents(headers, _typed(lines, _LINE, _OPTIONAL_OF_LINE))
    documents = _Documents(headers["doc"], rows)
    documents.require_balance(lines["amount"].to_numpy(), "its own currency")
    to_local = exchange(world.seed, headers["currency"], headers["local_currency"], headers["posted"])
    lines = _translated(world.seed, headers, lines, documents, to_local)
    _emit_headers(world, headers.hstack([pl.Series("quoted", to_local.quoted)]))
    _emit_lines(world, headers, lines, documents)
    _add_to_balance(world, headers["company"].gather(rows), lines)
    return headers.select("doc", "belnr", "gjahr")


@dataclass(frozen=True)
class _Documents:
    """Lines sorted by their document: ``rows`` is the place of each line's document among ``doc``."""

    doc: pl.Series
    rows: Ints

    @property
    def starts(self) -> Ints:
        """Where the lines of each document start."""
        return np.concatenate([[0], np.cumsum(self.counts)[:-1]])

    @property
    def counts(self) -> Ints:
        """The lines of each document."""
        return np.bincount(self.rows, minlength=len(self.doc)).astype(np.int64)

    @property
    def places(self) -> Ints:
        """The number of each line in its document, from 1 on (DOCLN)."""
        return np.arange(1, len(self.rows) + 1, dtype=np.int64) - self.starts[self.rows]

    def total(self, values: Ints) -> Ints:
        """The sum over the lines of each document."""
        return np.asarray(np.add.reduceat(values, self.starts), dtype=np.int64)

    def largest(self, values: Ints) -> Ints:
        """The line of each document with the largest of ``values``; of equals the first."""
        most = np.maximum.reduceat(values, self.starts)
        candidates = np.flatnonzero(values == most[self.rows])
        return candidates[np.unique(self.rows[candidates], return_index=True)[1]]

    def require_balance(self, values: Ints, currency: str) -> None:
        """Raise ConcordError for the first document whose ``values`` do not sum to zero."""
        off = np.flatnonzero(self.total(values))
        if len(off):
            left = self.total(values)[off[0]]
            raise ConcordError(
                f"Document {self.doc[int(off[0])]} does not balance in {currency}: {left} minor units are left."
            )


def _typed(
    frame: pl.DataFrame, required: Mapping[str, type[pl.DataType]], optional: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    """``frame`` with exactly these columns; raises ConcordError for one that is missing or that nobody would read."""
    there = frame.columns
    absent = [name for name in required if name not in there]
    strange = [name for name in there if name not in required and name not in optional]
    if absent or strange:
        raise ConcordError(f"A posting lacks the columns {absent} and has the unknown columns {strange}.")
    return with_schema(frame, {**required, **optional})


def _numbered(world: World, headers: pl.DataFrame) -> pl.DataFrame:
    """``headers`` with belnr, gjahr and local_currency.

    Numbers rise with the day within a company, a year and a number range.
    """
    month = world.month
    company, posted = headers["company"].to_numpy(), headers["posted"].to_numpy()
    outside = np.flatnonzero((posted < month.first) | (posted > month.last))
    if len(outside):
        raise ConcordError(
            f"Document {headers['doc'][int(outside[0])]} is posted outside of {month.year}-{month.number:02d}."
        )
    range_ = np.zeros(headers.height, dtype=np.int64)
    for kind in headers["kind"].unique().to_list():
        range_[(headers["kind"] == kind).to_numpy()] = _PLACES_OF_RANGES[_KINDS.get(kind, _DEFAULT_KIND).numbers]
    order = np.lexsort((posted, range_, company))
    is_new = np.diff(range_[order], prepend=-1) | np.diff(company[order], prepend=-1)
    numbers = np.empty(headers.height, dtype=np.int64)
    for documents in np.split(order, np.flatnonzero(is_new)[1:]):
        name = _RANGES[range_[documents[0]]]
        taken = world.numbers(
            f"belnr-{company[documents[0]]}-{name}-{month.year}", len(documents), first=_FIRST_NUMBERS[name]
        )
        numbers[documents] = taken
    local_currency = headers.select(currency_of().alias("local_currency")).to_series()
    year = pl.Series("gjahr", [month.year], pl.Int32).new_from_index(0, headers.height)
    return headers.hstack([pl.Series("belnr", numbers), year, local_currency])


def _in_documents(headers: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, Ints]:
    """``lines`` sorted by document in the order of ``headers``, and the place of each line's document there."""
    own, wanted = headers["doc"].to_numpy(), lines["doc"].to_numpy()
    order = np.argsort(own, kind="stable")
    own = own[order]
    if (own[1:] == own[:-1]).any():
        raise ConcordError("Two documents of a posting have the same number.")
    found = np.minimum(np.searchsorted(own, wanted), len(own) - 1)
    strange = np.flatnonzero(own[found] != wanted) if len(own) else np.arange(len(wanted))
    if len(strange):
        raise ConcordError(f"A line belongs to the document {wanted[strange[0]]}, which is not there.")
    rows = order[found]
    if (np.diff(rows) < 0).any():
        order = np.argsort(rows, kind="stable")
        lines, rows = lines[order], rows[order]
    empty = np.flatnonzero(np.bincount(rows, minlength=headers.height) == 0)
    if len(empty):
        raise ConcordError(f"Document {headers['doc'][int(empty[0])]} has no lines.")
    return lines, rows


def _translated(
    seed: int, headers: pl.DataFrame, lines: pl.DataFrame, documents: _Documents, to_local: Exchange
) -> pl.DataFrame:
    """``lines`` with every local and group amount; what rounding leaves over is in each document's largest line."""
    group_currency = pl.Series([GROUP_CURRENCY]).new_from_index(0, headers.height)
    to_group = exchange(seed, headers["currency"], group_currency, headers["posted"])
    local = _balanced(lines, lines["local"], to_local, documents, "the company's currency")
    group = lines["group"]
    if group.null_count():
        is_group_local = (headers["local_currency"] == GROUP_CURRENCY).to_numpy()[documents.rows]
        group = local.zip_with(group.is_null() & pl.Series(is_group_local), group)
    group = _balanced(lines, group.alias("group"), to_group, documents, "the group's currency")
    return lines.with_columns(local, group)


def _balanced(lines: pl.DataFrame, given: pl.Series, how: Exchange, documents: _Documents, currency: str) -> pl.Series:
    """The column ``given`` with translated amounts where it is null; sums to zero in each document."""
    if given.null_count() == 0:
        values = given.to_numpy().astype(np.int64)
        documents.require_balance(values, currency)
        return pl.Series(given.name, values)
    is_open = given.is_null().to_numpy()
    amounts = lines["amount"].to_numpy().astype(np.int64)
    values = np.where(is_open, how.take(documents.rows).translate(amounts), given.fill_null(0).to_numpy())
    left = documents.total(values)
    # Rounding is at most half a unit a translated line, and half a unit in what the caller has translated; more is an error.
    opened = documents.total(is_open.astype(np.int64))
    may_be_left = np.where(how.is_same | (opened == 0), 0, (opened + 1) // 2)
    off = np.flatnonzero(left)
    if len(off):
        largest = documents.largest(np.where(is_open, np.abs(amounts), -1))[off]
        may_take = np.abs(left[off]) <= may_be_left[off]
        values[largest[may_take]] -= left[off][may_take]
        documents.require_balance(values, currency)
    return pl.Series(given.name, values)


_BELNR = pl.col("belnr").cast(pl.String).str.zfill(10)
_BKPF = [
    pl.col("doc"),
    pl.col("reverses"),
    pl.col("company").alias("BUKRS"),
    pl.col("belnr").alias("BELNR"),
    pl.col("gjahr").alias("GJAHR"),
    pl.col("kind").alias("BLART"),
    pl.col("document_date").alias("BLDAT"),
    pl.col("posted").alias("BUDAT"),
    pl.col("posted").alias("CPUDT"),
    pl.col("currency").alias("WAERS"),
    pl.col("quoted").alias("KURSF"),
    pl.col("reference").alias("XBLNR"),
    pl.col("text").alias("BKTXT"),
    pl.col("source_type").fill_null("BKPF").alias("AWTYP"),
    pl.coalesce("source_number", pl.concat_str(_BELNR, pl.col("company"), pl.col("gjahr"))).alias("AWKEY"),
    pl.lit(None, dtype=pl.Int64).alias("STBLG"),
    pl.lit(None, dtype=pl.Int32).alias("STJAH"),
    pl.col("kind").replace_strict(_USERS, default=_DEFAULT_KIND.user, return_dtype=pl.String).alias("USNAM"),
]


def _emit_headers(world: World, headers: pl.DataFrame) -> None:
    bkpf = headers.select(*_BKPF, MONAT=pl.lit(world.month.number, dtype=pl.Int64))
    if headers["reverses"].null_count() == headers.height:
        world.emit("sap/BKPF", bkpf.drop("doc", "reverses"), on="BUDAT")
        return
    _emit_with_reversals(world, bkpf)


def _emit_with_reversals(world: World, bkpf: pl.DataFrame) -> None:
    """Emit headers of which some reverse others: both name each other, the original from the day of the reversal on."""
    originals = bkpf.select(reverses="doc", _original="BELNR", _year="GJAHR")
    reversals = bkpf.drop_nulls("reverses").select(doc="reverses", _by="BELNR", _by_year="GJAHR", _by_day="BUDAT")
    if reversals["doc"].n_unique() != reversals.height or not reversals["doc"].is_in(bkpf["doc"].implode()).all():
        raise ConcordError("A reversed document is not in the posting, or is reversed twice.")
    bkpf = bkpf.join(originals, on="reverses", how="left", maintain_order="left").join(
        reversals, on="doc", how="left", maintain_order="left"
    )
    of_reversal = bkpf.with_columns(STBLG=pl.coalesce("STBLG", "_original"), STJAH=pl.coalesce("STJAH", "_year"))
    of_original = pl.col("_by_day") == pl.col("BUDAT")  # a document reversed at once has one version only
    born = of_reversal.with_columns(
        STBLG=pl.when(of_original).then("_by").otherwise("STBLG"),
        STJAH=pl.when(of_original).then("_by_year").otherwise("STJAH"),
    )
    changed = bkpf.filter(pl.col("_by_day") > pl.col("BUDAT")).with_columns(
        STBLG="_by", STJAH="_by_year", _on="_by_day"
    )
    columns = pl.exclude("doc", "reverses", "_original", "_year", "_by", "_by_year", "_by_day")
    world.emit("sap/BKPF", born.select(columns), on="BUDAT")
    world.emit("sap/BKPF", changed.select(columns), operation="U")


_OF_DOCUMENT = [
    pl.col("company").alias("RBUKRS"),
    pl.col("gjahr").alias("GJAHR"),
    pl.col("belnr").alias("BELNR"),
    pl.col("kind").alias("BLART"),
    pl.col("posted").alias("BUDAT"),
    pl.col("currency").alias("RWCUR"),
    pl.col("local_currency").alias("RHCUR"),
    pl.col("source_type").fill_null("BKPF").alias("AWTYP"),
    pl.coalesce("source_number", _BELNR).alias("AWREF"),
]
_ACCOUNT, _AMOUNT, _LOCAL, _GROUP = (pl.col(name) for name in ("account", "amount", "local", "group"))
_SIGN = pl.when(_AMOUNT != 0).then(_AMOUNT).when(_LOCAL != 0).then(_LOCAL).otherwise(_GROUP)
_OF_LINE = [
    _ACCOUNT.alias("RACCT"),
    pl.coalesce(
        "koart",
        pl.when(_ACCOUNT == RECEIVABLES)
        .then(pl.lit("D"))
        .when(_ACCOUNT == PAYABLES)
        .then(pl.lit("K"))
        .when(_ACCOUNT.is_in(list(STOCK)))
        .then(pl.lit("M"))
        .otherwise(pl.lit("S")),
    ).alias("KOART"),
    pl.when(_SIGN >= 0).then(pl.lit("S")).otherwise(pl.lit("H")).alias("DRCRK"),
    _AMOUNT.alias("WSL"),
    _LOCAL.alias("HSL"),
    pl.lit(GROUP_CURRENCY).alias("RKCUR"),
    _GROUP.alias("KSL"),
    pl.col("cost_center").alias("RCNTR"),
    pl.col("kunnr").alias("KUNNR"),
    pl.col("lifnr").alias("LIFNR"),
    pl.col("material").alias("MATNR"),
    pl.col("site").alias("WERKS"),
    pl.col("quantity").alias("MSL"),
    pl.col("partner_company").alias("RASSC"),
]


def _emit_lines(world: World, headers: pl.DataFrame, lines: pl.DataFrame, documents: _Documents) -> None:
    of_document = headers.select(_OF_DOCUMENT)[documents.rows]
    of_line = lines.select(
        pl.Series("DOCLN", documents.places), pl.lit(world.month.number, dtype=pl.Int64).alias("POPER"), *_OF_LINE
    )
    world.emit("sap/ACDOCA", of_document.hstack(of_line.get_columns()), on="BUDAT")


def _add_to_balance(world: World, company: pl.Series, lines: pl.DataFrame) -> None:
    """Add the movements of a posting to the state ``balance``."""
    local = lines["local"].to_numpy()
    moved = (
        pl.DataFrame(
            [
                company.alias("company"),
                lines["account"],
                pl.Series("debit", np.maximum(local, 0)),
                pl.Series("credit", np.maximum(-local, 0)),
                lines["group"],
            ]
        )
        .group_by("company", "account")
        .agg(
            pl.lit(world.month.year, pl.Int32).alias("year"),
            pl.lit(world.month.number, pl.Int32).alias("period"),
            pl.col("debit", "credit", "group").sum(),
        )
    )
    before = world.state.get("balance")
    both = moved if before is None else before.vstack(moved)
    keys = ["company", "account", "year", "period"]
    world.state["balance"] = both.group_by(keys).agg(pl.col("debit", "credit", "group").sum()).sort(keys)


def close(world: World) -> None:
    """Record the month's balances in the truth: a row for each company and account that ever moved.

    Columns: company, account, year, period, opening, debit, credit and closing in minor units of the company's currency,
    closing_group in EUR cents. Balances are debit minus credit, and opening + debit − credit = closing.
    A new year carries forward: a profit and loss account opens at zero, and retained earnings open with the result of the
    year before, without a document, as the ERP does it.
    """
    year, period = world.month.year, world.month.number
    balance = world.state.get("balance", pl.DataFrame(schema=_BALANCE))
    is_past_result = (pl.col("account") >= FIRST_PROFIT_AND_LOSS) & (pl.col("year") < year)
    carried = balance.with_columns(account=pl.when(is_past_result).then(RETAINED_EARNINGS).otherwise("account"))
    still_there = balance.filter(is_past_result).with_columns(debit=0, credit=0, group=0)
    is_now = (pl.col("year") == year) & (pl.col("period") == period)
    net = pl.col("debit") - pl.col("credit")
    # What was posted to an account in earlier months is in its opening, whatever account it was carried from.
    world.record(
        "balance",
        pl.concat([carried, still_there.select(carried.columns)], how="vertical_relaxed")
        .group_by("company", "account")
        .agg(
            opening=net.filter(~is_now).sum(),
            debit=pl.col("debit").filter(is_now).sum(),
            credit=pl.col("credit").filter(is_now).sum(),
            closing=net.sum(),
            closing_group=pl.col("group").sum(),
        )
        .with_columns(year=pl.lit(year, dtype=pl.Int32), period=pl.lit(period, dtype=pl.Int32))
        .select("company", "account", "year", "period", "opening", "debit", "credit", "closing", "closing_group")
        .sort("company", "account"),
    )
