"""Open items of customers and suppliers: how they enter, how documents clear them, and what is left (BSID, BSAD, BSIK, BSAK)."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from pipelines.demo.finance import ledger
from pipelines.demo.finance.accounts import (
    BAD_DEBT,
    BANK,
    DISCOUNT_GRANTED,
    DISCOUNT_RECEIVED,
    FX_GAIN,
    FX_LOSS,
    PAYABLES,
    RECEIVABLES,
)
from pipelines.demo.finance.chart_of_accounts import currency_of
from pipelines.demo.finance.rates import GROUP_CURRENCY, convert
from pipelines.demo.lookup import with_schema
from pipelines.demo.world import World

PAY, WRITE_OFF = "pay", "write_off"
_LOSS_KIND = "AB"
ITEMS_OF_A_DOCUMENT = 900
"""Most items that one document clears: the ERP's line numbers end at 999."""


@dataclass(frozen=True)
class Side:
    """The customers' or the suppliers' side of the books: its tables, accounts and kinds of document."""

    ledger: str
    partner: str
    state: str
    open_table: str
    cleared_table: str
    account: int
    koart: str
    discount_account: int
    invoice_kind: str
    payment_kind: str
    payment_text: str


CUSTOMERS = Side(
    "customer", "kunnr", "open_item", "BSID", "BSAD", RECEIVABLES, "D", DISCOUNT_GRANTED, "RV", "DZ", "Incoming payment"
)
SUPPLIERS = Side(
    "supplier", "lifnr", "open_payable", "BSIK", "BSAK", PAYABLES, "K", DISCOUNT_RECEIVED, "RE", "KZ", "Payment run"
)

ITEM = {
    "company": pl.Int32,
    "partner": pl.Int64,
    "belnr": pl.Int64,
    "gjahr": pl.Int32,
    "buzei": pl.Int64,
    "kind": pl.String,
    "posted": pl.Int32,
    "currency": pl.String,
    "amount": pl.Int64,
    "local": pl.Int64,
    "group": pl.Int64,
    "terms": pl.String,
    "net_days": pl.Int64,
    "reference": pl.String,
    "rebzg": pl.Int64,
    "rebzj": pl.Int32,
    "pay_day": pl.Int32,
    "action": pl.String,
    "discount": pl.Int64,
    "rest": pl.Int64,
    "rest_day": pl.Int32,
    "rest_action": pl.String,
}
"""An open item: a line on a control account and what is planned for it.

Amounts have the sign of their posting, debit positive, in minor units (document, company, group currency). On ``pay_day`` it is
cleared in full by ``action`` (PAY or WRITE_OFF); of its amount ``discount`` is kept, and ``rest`` is not paid: that becomes an
item of the payment document, for which ``rest_day`` and ``rest_action`` are planned.
"""


def items(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` as open items: the columns of ITEM, those that are absent null."""
    return with_schema(frame, ITEM)


def open_now(world: World, side: Side) -> pl.DataFrame:
    """The open items of a side at the end of what has been lived."""
    return world.state.get(side.state, pl.DataFrame(schema=ITEM))


def enter(world: World, side: Side, entering: pl.DataFrame) -> None:
    """Emit items that open (BSID, BSIK)."""
    world.emit(f"sap/{side.open_table}", _rows(side, entering), on="BUDAT")


def enter_cancelled(world: World, side: Side, cancelled: pl.DataFrame) -> None:
    """Emit items that another document of the same month cancels, the two clearing each other; neither is paid.

    ``cancelled`` are items with cancel_day and cancel_belnr besides, the day and the number of the cancelling document.
    """
    if cancelled.height == 0:
        return
    clearing = cancelled.with_columns(
        pay_day="cancel_day",
        augbl="cancel_belnr",
        augjahr="gjahr",
        clearing_line="buzei",
        clearing_kind="kind",
    )
    enter(world, side, cancelled)
    _emit_cleared(world, side, clearing)


def settle(world: World, side: Side, due: pl.DataFrame) -> pl.DataFrame:
    """Clear the items ``due`` on their pay_day, in the current month; give the items that open for what was not paid.

    One document for each company, partner, currency, day and action. Items are cleared at the local and group values they
    were posted with and the bank moves at the rate of the day: the difference is a gain or a loss on exchange rates.
    """
    if due.height == 0:
        return pl.DataFrame(schema=ITEM)
    due = _in_documents(due)
    documents = _totals(world.seed, due)
    lines = _lines(side, due, documents)
    posted = ledger.post(world, _headers(side, documents), lines.drop("role", "place", "number"))
    due = due.join(posted.rename({"belnr": "augbl", "gjahr": "augjahr"}), on="doc", how="left", maintain_order="left")
    numbers = {role: lines.filter(pl.col("role") == role).select("place", "number") for role in (_CLEARS, _REST)}
    due = due.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    cleared_by = due.join(numbers[_CLEARS], on="place", how="left", maintain_order="left")["number"]
    is_loss = pl.col("action") == WRITE_OFF
    kind = pl.when(is_loss).then(pl.lit(_LOSS_KIND)).otherwise(pl.lit(side.payment_kind))
    due = due.with_columns(clearing_line=cleared_by, clearing_kind=kind)
    _emit_cleared(world, side, due)
    rest = due.join(numbers[_REST], on="place", how="inner", maintain_order="left")
    left = items(
        rest.select(
            "company",
            "partner",
            "currency",
            "reference",
            kind=pl.lit(side.payment_kind),
            belnr="augbl",
            gjahr="augjahr",
            buzei="number",
            posted="pay_day",
            amount="rest",
            local="rest_local",
            group="rest_group",
            net_days=pl.lit(0),
            rebzg="belnr",
            rebzj="gjahr",
            pay_day="rest_day",
            action="rest_action",
            discount=pl.lit(0),
            rest=pl.lit(0),
        )
    )
    enter(world, side, left)
    return left


def record_balance(world: World, side: Side, still_open: pl.DataFrame) -> None:
    """Record in the truth what each partner owes at the end of the month.

    Columns of ``open_item_balance``: company, ledger ("customer" or "supplier"), partner (KUNNR or LIFNR), year, period, local
    and group, debit positive.
    """
    world.record(
        "open_item_balance",
        still_open.group_by("company", "partner")
        .agg(pl.col("local", "group").sum())
        .sort("company", "partner")
        .select(
            "company",
            pl.lit(side.ledger).alias("ledger"),
            "partner",
            pl.lit(world.month.year, dtype=pl.Int32).alias("year"),
            pl.lit(world.month.number, dtype=pl.Int32).alias("period"),
            "local",
            "group",
        ),
    )


_CASH, _CLEARS, _REST, _DISCOUNT, _FX = range(5)
"""The roles of a clearing document's lines, in their order."""


def _in_documents(due: pl.DataFrame) -> pl.DataFrame:
    """``due`` sorted, with ``doc``, and the company's and group's share of what is not paid."""
    keys = ["pay_day", "company", "partner", "currency", "action"]
    due = due.sort(*keys, "gjahr", "belnr", "buzei")
    is_new = pl.any_horizontal((pl.col(key) != pl.col(key).shift(1)).fill_null(value=True) for key in keys)
    due = due.with_columns(run=is_new.cum_sum().cast(pl.Int64))
    place = pl.int_range(pl.len()).over("run")
    share = pl.col("rest") / pl.col("amount")
    return due.with_columns(
        doc=(is_new | (place % ITEMS_OF_A_DOCUMENT == 0)).cum_sum().cast(pl.Int64),
        rest_local=((pl.col("local") * share).abs() + 0.5).floor().cast(pl.Int64) * pl.col("rest").sign(),
        rest_group=((pl.col("group") * share).abs() + 0.5).floor().cast(pl.Int64) * pl.col("rest").sign(),
    ).drop("run")


def _totals(seed: int, due: pl.DataFrame) -> pl.DataFrame:
    """One row a document: what it clears, what moves on the bank, the discount and the exchange difference."""
    firsts = [pl.col(name).first() for name in ("company", "partner", "currency", "action", "pay_day")]
    sums = pl.col("amount", "local", "group", "discount", "rest", "rest_local", "rest_group").sum()
    company_currency = currency_of()
    documents = (
        due.group_by("doc", maintain_order=True)
        .agg(*firsts, sums)
        .with_columns(
            cash=pl.col("amount") - pl.col("discount") - pl.col("rest"),
            company_currency=company_currency,
            group_currency=pl.lit(GROUP_CURRENCY),
        )
    )
    for amount in ("cash", "discount"):
        for role in ("local", "group"):
            target = "company_currency" if role == "local" else "group_currency"
            documents = convert(seed, documents, amount, "currency", target, "pay_day", f"{amount}_{role}")
    is_loss = pl.col("action") == WRITE_OFF
    documents = documents.with_columns(
        pl.when(is_loss).then(role).otherwise(f"cash_{role}").alias(f"cash_{role}") for role in ("local", "group")
    )
    return documents.with_columns(
        (pl.col(role) - pl.col(f"rest_{role}") - pl.col(f"cash_{role}") - pl.col(f"discount_{role}")).alias(
            f"fx_{role}"
        )
        for role in ("local", "group")
    )


def _headers(side: Side, documents: pl.DataFrame) -> pl.DataFrame:
    is_loss = pl.col("action") == WRITE_OFF
    return documents.select(
        "doc",
        "company",
        "currency",
        kind=pl.when(is_loss).then(pl.lit(_LOSS_KIND)).otherwise(pl.lit(side.payment_kind)),
        posted="pay_day",
        document_date="pay_day",
        text=pl.when(is_loss).then(pl.lit("Write-off")).otherwise(pl.lit(side.payment_text)),
    )


def _lines(side: Side, due: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """The lines of the clearing documents, with ``place``, the item's row in ``due``, and ``number``, the line's own."""
    partner = pl.col("partner")
    koart, nobody = pl.lit(side.koart), pl.lit(None, dtype=pl.Int64)
    result = pl.lit("S")
    is_loss = pl.col("action") == WRITE_OFF
    direction = pl.when(pl.col("fx_local") != 0).then("fx_local").otherwise("fx_group")

    def part(
        frame: pl.DataFrame,
        role: int,
        account: pl.Expr,
        amounts: tuple[pl.Expr, pl.Expr, pl.Expr],
        who: pl.Expr,
        kind: pl.Expr,
    ) -> pl.DataFrame:
        place = pl.int_range(pl.len(), dtype=pl.Int64)
        return frame.select(
            "doc",
            role=pl.lit(role, dtype=pl.Int8),
            place=place if role in {_CLEARS, _REST} else pl.lit(-1, dtype=pl.Int64),
            account=account.cast(pl.Int64),
            amount=amounts[0],
            local=amounts[1],
            group=amounts[2],
            koart=kind,
            partner=who,
        )

    def of(*names: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        return pl.col(names[0]), pl.col(names[1]), pl.col(names[2])

    clearing = (-pl.col("amount"), -pl.col("local"), -pl.col("group"))
    fx_amounts = (pl.lit(0, dtype=pl.Int64), pl.col("fx_local"), pl.col("fx_group"))
    bank = pl.when(is_loss).then(pl.lit(BAD_DEBT)).otherwise(pl.lit(BANK))
    fx_account = pl.when(direction > 0).then(pl.lit(FX_LOSS)).otherwise(pl.lit(FX_GAIN))
    control, discount = pl.lit(side.account), pl.lit(side.discount_account)
    lines = pl.concat(
        [
            part(documents, _CASH, bank, of("cash", "cash_local", "cash_group"), nobody, result),
            part(due, _CLEARS, control, clearing, partner, koart),
            part(due, _REST, control, of("rest", "rest_local", "rest_group"), partner, koart),
            part(documents, _DISCOUNT, discount, of("discount", "discount_local", "discount_group"), nobody, result),
            part(documents, _FX, fx_account, fx_amounts, nobody, result),
        ]
    )
    moves = pl.any_horizontal(pl.col("amount", "local", "group") != 0)
    lines = lines.filter(moves | (pl.col("role") == _CLEARS)).sort("doc", "role", "place")
    doc = lines["doc"].to_numpy()
    number = np.arange(1, len(doc) + 1, dtype=np.int64) - np.searchsorted(doc, doc)
    return lines.with_columns(pl.Series("number", number)).rename({"partner": side.partner})


def _emit_cleared(world: World, side: Side, due: pl.DataFrame) -> None:
    """Emit that items are cleared: they leave the open table, and come to the cleared one with the lines that cleared them."""
    cleared = _rows(side, due, is_cleared=True)
    keys = cleared.select("BUKRS", side.partner.upper(), "GJAHR", "BELNR", "BUZEI", pl.col("AUGDT").alias("_on"))
    world.emit(f"sap/{side.open_table}", keys, operation="D")
    world.emit(f"sap/{side.cleared_table}", cleared, on="AUGDT")
    payments = due.select(
        "company",
        "partner",
        "currency",
        "pay_day",
        "augbl",
        kind="clearing_kind",
        belnr="augbl",
        gjahr="augjahr",
        buzei="clearing_line",
        posted="pay_day",
        amount=-pl.col("amount"),
        local=-pl.col("local"),
        terms=pl.lit(None, dtype=pl.String),
        net_days=pl.lit(0),
        reference=pl.lit(None, dtype=pl.String),
        rebzg="belnr",
        rebzj="gjahr",
    )
    world.emit(f"sap/{side.cleared_table}", _rows(side, payments, is_cleared=True), on="AUGDT")


def _rows(side: Side, lines: pl.DataFrame, *, is_cleared: bool = False) -> pl.DataFrame:
    return lines.select(_columns(side, is_cleared))


@cache
def _columns(side: Side, is_cleared: bool) -> list[pl.Expr]:
    """The columns of an open or a cleared item."""
    nothing = pl.lit(None)
    columns = {
        "BUKRS": pl.col("company"),
        side.partner.upper(): pl.col("partner"),
        "AUGDT": pl.col("pay_day") if is_cleared else nothing.cast(pl.Int32),
        "AUGBL": pl.col("augbl") if is_cleared else nothing.cast(pl.Int64),
        "GJAHR": pl.col("gjahr"),
        "BELNR": pl.col("belnr"),
        "BUZEI": pl.col("buzei").cast(pl.Int64),
        "BUDAT": pl.col("posted"),
        "BLDAT": pl.col("posted"),
        "WAERS": pl.col("currency"),
        "BLART": pl.col("kind"),
        "SHKZG": pl.when(pl.col("amount") > 0).then(pl.lit("S")).otherwise(pl.lit("H")),
        "WRBTR": pl.col("amount").abs(),
        "DMBTR": pl.col("local").abs(),
        "ZFBDT": pl.col("posted"),
        "ZBD1T": pl.col("net_days").cast(pl.Int64),
        "ZTERM": pl.col("terms"),
        "REBZG": pl.col("rebzg"),
        "REBZJ": pl.col("rebzj"),
        "XBLNR": pl.col("reference"),
        "HKONT": pl.lit(side.account, dtype=pl.Int64),
    }
    return [column.alias(name) for name, column in columns.items()]
