"""The general ledger: the one way to post a document (BKPF, ACDOCA), and the balances that it adds up to.

A document balances in its own currency, in the company's and in the group's (EUR).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.finance.chart_of_accounts import (
    COMPANY_CURRENCY,
    FIRST_PROFIT_AND_LOSS,
    PAYABLES,
    RECEIVABLES,
    RETAINED_EARNINGS,
    STOCK,
)
from pipelines.demo.finance.rates import GROUP_CURRENCY, Exchange, exchange
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
    lines = _translated(world.seed, headers, lines, documents)
    _emit_headers(world, headers)
    _emit_lines(world, headers, lines, documents)
    _add_to_balance(world, headers["company"].gather(rows), lines)
    return headers.select("doc", "belnr", pl.col("gjahr").cast(pl.Int32))


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
    absent = [name for name in required if name not in frame.columns]
    strange = [name for name in frame.columns if name not in required and name not in optional]
    if absent or strange:
        raise ConcordError(f"A posting lacks the columns {absent} and has the unknown columns {strange}.")
    present = [pl.col(name).cast(dtype) for name, dtype in {**required, **optional}.items() if name in frame.columns]
    nulls = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in optional.items() if name not in frame.columns]
    return frame.select(present).with_columns(nulls)


def _numbered(world: World, headers: pl.DataFrame) -> pl.DataFrame:
    """``headers`` with belnr and gjahr; numbers rise with the day within a company, a year and a number range."""
    month = world.month
    outside = headers.filter((pl.col("posted") < month.first) | (pl.col("posted") > month.last))
    if outside.height:
        raise ConcordError(f"Document {outside['doc'][0]} is posted outside of {month.year}-{month.number:02d}.")
    ranges = pl.col("kind").replace_strict(
        {kind: range_.numbers for kind, range_ in _KINDS.items()}, default=_DEFAULT_KIND.numbers, return_dtype=pl.String
    )
    firsts = {range_.numbers: range_.first for range_ in (*_KINDS.values(), _DEFAULT_KIND)}
    headers = headers.with_columns(gjahr=pl.lit(month.year, dtype=pl.Int32), _range=ranges).with_row_index("_row")
    numbers = np.empty(headers.height, dtype=np.int64)
    order = headers.select("_row", "company", "_range", "posted").sort("company", "_range", "posted", "_row")
    for (company, name), documents in order.group_by("company", "_range", maintain_order=True):
        taken = world.numbers(f"belnr-{company}-{name}-{month.year}", documents.height, first=firsts[str(name)])
        numbers[documents["_row"].to_numpy()] = taken
    return headers.with_columns(pl.Series("belnr", numbers)).drop("_row", "_range")


def _in_documents(headers: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, Ints]:
    """``lines`` sorted by document in the order of ``headers``, and the place of each line's document there."""
    if headers["doc"].n_unique() != headers.height:
        raise ConcordError("Two documents of a posting have the same number.")
    places = headers.select("doc").with_row_index("_row")
    found = lines.select("doc").join(places, on="doc", how="left", maintain_order="left")["_row"]
    if found.null_count():
        raise ConcordError(
            f"A line belongs to the document {lines['doc'].filter(found.is_null())[0]}, which is not there."
        )
    rows = found.to_numpy().astype(np.int64)
    if (np.diff(rows) < 0).any():
        order = np.argsort(rows, kind="stable")
        lines, rows = lines[order], rows[order]
    empty = np.flatnonzero(np.bincount(rows, minlength=headers.height) == 0)
    if len(empty):
        raise ConcordError(f"Document {headers['doc'][int(empty[0])]} has no lines.")
    return lines, rows


def _translated(seed: int, headers: pl.DataFrame, lines: pl.DataFrame, documents: _Documents) -> pl.DataFrame:
    """``lines`` with every local and group amount; what rounding leaves over is in each document's largest line."""
    local_currency = headers["company"].replace_strict(COMPANY_CURRENCY, return_dtype=pl.String)
    group_currency = pl.Series([GROUP_CURRENCY]).new_from_index(0, headers.height)
    to_local = exchange(seed, headers["currency"], local_currency, headers["posted"])
    to_group = exchange(seed, headers["currency"], group_currency, headers["posted"])
    local = _balanced(lines, "local", to_local, documents, "the company's currency")
    is_group_local = (local_currency == GROUP_CURRENCY).to_numpy()[documents.rows]
    lines = lines.with_columns(local)
    lines = lines.with_columns(
        group=pl.when(pl.col("group").is_null() & pl.lit(pl.Series(is_group_local))).then("local").otherwise("group")
    )
    return lines.with_columns(_balanced(lines, "group", to_group, documents, "the group's currency"))


def _balanced(lines: pl.DataFrame, name: str, how: Exchange, documents: _Documents, currency: str) -> pl.Series:
    """The column ``name`` with translated amounts where it is null; sums to zero in each document."""
    given = lines[name]
    if given.null_count() == 0:
        values = given.to_numpy().astype(np.int64)
        documents.require_balance(values, currency)
        return pl.Series(name, values)
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
    return pl.Series(name, values)


def _emit_headers(world: World, headers: pl.DataFrame) -> None:
    belnr = pl.col("belnr").cast(pl.String).str.zfill(10)
    own = pl.concat_str(belnr, pl.col("company"), pl.col("gjahr"))
    local_currency = headers["company"].replace_strict(COMPANY_CURRENCY, return_dtype=pl.String)
    quoted = exchange(world.seed, headers["currency"], local_currency, headers["posted"]).quoted
    users = {kind: range_.user for kind, range_ in _KINDS.items()}
    bkpf = headers.select(
        "doc",
        "reverses",
        BUKRS=pl.col("company"),
        BELNR=pl.col("belnr"),
        GJAHR=pl.col("gjahr"),
        BLART=pl.col("kind"),
        BLDAT=pl.col("document_date"),
        BUDAT=pl.col("posted"),
        MONAT=pl.lit(world.month.number, dtype=pl.Int64),
        CPUDT=pl.col("posted"),
        WAERS=pl.col("currency"),
        KURSF=pl.Series(quoted),
        XBLNR=pl.col("reference"),
        BKTXT=pl.col("text"),
        AWTYP=pl.col("source_type").fill_null("BKPF"),
        AWKEY=pl.coalesce("source_number", own),
        STBLG=pl.lit(None, dtype=pl.Int64),
        STJAH=pl.lit(None, dtype=pl.Int32),
        USNAM=pl.col("kind").replace_strict(users, default=_DEFAULT_KIND.user, return_dtype=pl.String),
    )
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


def _emit_lines(world: World, headers: pl.DataFrame, lines: pl.DataFrame, documents: _Documents) -> None:
    own = pl.col("belnr").cast(pl.String).str.zfill(10)
    local_currency = pl.col("company").replace_strict(COMPANY_CURRENCY, return_dtype=pl.String)
    of_document = headers.select(
        RBUKRS=pl.col("company"),
        GJAHR=pl.col("gjahr"),
        BELNR=pl.col("belnr"),
        BLART=pl.col("kind"),
        BUDAT=pl.col("posted"),
        RWCUR=pl.col("currency"),
        RHCUR=local_currency,
        AWTYP=pl.col("source_type").fill_null("BKPF"),
        AWREF=pl.coalesce("source_number", own),
    )[documents.rows]
    account, amount, local, group = (pl.col(name) for name in ("account", "amount", "local", "group"))
    sign = pl.when(amount != 0).then(amount).when(local != 0).then(local).otherwise(group)
    of_line = lines.select(
        DOCLN=pl.Series(documents.places),
        POPER=pl.lit(world.month.number, dtype=pl.Int64),
        RACCT=account,
        KOART=pl.coalesce(
            "koart",
            pl.when(account == RECEIVABLES)
            .then(pl.lit("D"))
            .when(account == PAYABLES)
            .then(pl.lit("K"))
            .when(account.is_in(list(STOCK)))
            .then(pl.lit("M"))
            .otherwise(pl.lit("S")),
        ),
        DRCRK=pl.when(sign >= 0).then(pl.lit("S")).otherwise(pl.lit("H")),
        WSL=amount,
        HSL=local,
        RKCUR=pl.lit(GROUP_CURRENCY),
        KSL=group,
        RCNTR=pl.col("cost_center"),
        KUNNR=pl.col("kunnr"),
        LIFNR=pl.col("lifnr"),
        MATNR=pl.col("material"),
        WERKS=pl.col("site"),
        MSL=pl.col("quantity"),
        RASSC=pl.col("partner_company"),
    )
    world.emit("sap/ACDOCA", pl.concat([of_document, of_line], how="horizontal"), on="BUDAT")


def _add_to_balance(world: World, company: pl.Series, lines: pl.DataFrame) -> None:
    local = pl.col("local")
    moved = (
        lines.select(company.alias("company"), "account", "local", "group")
        .group_by("company", "account")
        .agg(debit=local.filter(local > 0).sum(), credit=-local.filter(local < 0).sum(), group=pl.col("group").sum())
        .with_columns(year=pl.lit(world.month.year, dtype=pl.Int32), period=pl.lit(world.month.number, dtype=pl.Int32))
        .select(pl.col(name).cast(dtype) for name, dtype in _BALANCE.items())
    )
    keys = ["company", "account", "year", "period"]
    before = world.state.get("balance", pl.DataFrame(schema=_BALANCE))
    world.state["balance"] = (
        pl.concat([before, moved]).group_by(keys).agg(pl.col("debit", "credit", "group").sum()).sort(keys)
    )


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
