"""Billing: invoices for what was delivered, cancelled ones, and credit memos for returns and complaints."""

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month, business_day
from pipelines.demo.finance import ledger, open_items
from pipelines.demo.finance.accounts import CREDIT_NOTES, OUTPUT_TAX, RECEIVABLES, REVENUE
from pipelines.demo.finance.chart_of_accounts import currency_of
from pipelines.demo.finance.rates import convert, exchange
from pipelines.demo.lookup import looked_up
from pipelines.demo.sales.deliveries import DELIVERED
from pipelines.demo.sales.sales_orders import tax
from pipelines.demo.world import World

FIRST_INVOICE = 90_000_001
CANCELLED_SHARE = 0.004
COLLECTIVE_SHARE = 0.15  # of the customers: one invoice at the end of the month
RETURNED_SHARE = 0.012
COMPLAINT_SHARE = 0.006
DISPUTED_SHARE = 0.015

TO_BILL = (*DELIVERED, "bill_day", "vgbel", "vgpos", "net", "credit")
"""A line to bill: DELIVERED, the day, the document before it, its net amount, and whether it is a credit."""


def live(world: World, delivered: pl.DataFrame, credited: pl.DataFrame) -> pl.DataFrame:
    """Bill what is due this month; returns the invoices as `receivables.live` takes them.

    ``delivered``: DELIVERED; ``credited``: TO_BILL of returns and complaints, from this month's `returns.settle`.
    """
    rng = world.rng("billing")
    waiting = [_scheduled(delivered, world.month)] + ([credited.select(TO_BILL)] if credited.height else [])
    if "to_bill" in world.state:
        waiting.insert(0, world.state["to_bill"])
    lines = pl.concat(waiting)
    world.state["to_bill"] = lines.filter(pl.col("bill_day") > world.month.last)
    lines = _numbered(world, lines.filter(pl.col("bill_day") <= world.month.last))
    heads = _heads(world, rng, lines)
    again = heads.filter(pl.col("cancel_day").is_not_null())
    rebilled, rebilled_lines = _rebilled(world, again, lines)
    booked = _book(world, heads, lines, again, rebilled, rebilled_lines)
    _plan_returns(world, rng, booked, pl.concat([lines, rebilled_lines]))
    _clear_cancelled(world, booked)
    return _invoices(rng, booked)


def _is_collective() -> pl.Expr:
    """Whether a payer wants one invoice a month; a property of the number, so that it never changes."""
    return (pl.col("sold_to") * 2_654_435_761 % 1000) < 1000 * COLLECTIVE_SHARE


def _scheduled(delivered: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Give each delivered line the day of its invoice: within two business days, or the one day a month of its payer."""
    soon = business_day(delivered["day"].to_numpy(), (delivered["delivery"] % 3).to_numpy())
    end, next_end = (int(business_day(np.array([last - 3]))[0]) for last in (month.last, Month(month.index + 1).last))
    monthly = pl.when(pl.col("day") <= end).then(end).otherwise(next_end)
    return delivered.with_columns(
        pl.when(_is_collective()).then(monthly).otherwise(pl.Series(soon)).cast(pl.Int32).alias("bill_day"),
        pl.col("delivery").alias("vgbel"), pl.col("item").alias("vgpos"),
        (pl.col("shipped") // pl.col("price_unit") * pl.col("price")).alias("net"), pl.lit(False).alias("credit"),
    ).select(TO_BILL)  # fmt: skip


def _numbered(world: World, lines: pl.DataFrame) -> pl.DataFrame:
    """One invoice a delivery, or for collective customers one a day, payer, ship-to's tax and currency."""
    group = pl.when(_is_collective() & ~pl.col("credit")).then(0).otherwise("vgbel").alias("group")
    key = ["bill_day", "credit", "sold_to", "company", "currency", "tax_percent", "group"]
    lines = lines.with_columns(group).sort(*key, "vgbel", "vgpos", "line")
    lines = lines.with_columns(pl.struct(key).rle_id().cast(pl.Int64).alias("document"))
    numbers = pl.Series("invoice", world.numbers("invoice", lines["document"].n_unique(), first=FIRST_INVOICE))
    return lines.with_columns(
        numbers.gather(lines["document"]).alias("invoice"),
        (pl.int_range(pl.len()).over("document") * 10 + 10).alias("invoice_item"),
        tax(pl.col("net")).alias("tax"),
    ).drop("document", "group")


def _heads(world: World, rng: np.random.Generator, lines: pl.DataFrame) -> pl.DataFrame:
    """A row an invoice: its parties, sums, and the day on which it is cancelled, if it is."""
    heads = lines.group_by("invoice", maintain_order=True).agg(
        pl.col("bill_day", "credit", "sold_to", "party", "company", "currency", "terms", "tax_percent").first(),
        pl.col("net", "tax").sum(),
    )
    later = business_day(heads["bill_day"].to_numpy(), rng.integers(1, 5, heads.height))
    is_cancelled = rng.random(heads.height) < CANCELLED_SHARE
    return heads.with_columns(
        pl.when(pl.Series(is_cancelled) & ~pl.col("credit") & (pl.Series(later) <= world.month.last))
        .then(pl.Series(later)).alias("cancel_day"),
    )  # fmt: skip


def _rebilled(world: World, again: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The invoices that replace cancelled ones on the same day, with their lines."""
    numbers = world.numbers("invoice", again.height, first=FIRST_INVOICE)
    renumbered = again.select(
        "invoice", pl.Series("new_invoice", numbers, dtype=pl.Int64), pl.col("cancel_day").alias("again_day")
    )
    copies = lines.join(renumbered, on="invoice", how="inner", maintain_order="left")
    copies = copies.with_columns(pl.col("new_invoice").alias("invoice"), pl.col("again_day").alias("bill_day"))
    heads = again.with_columns(
        pl.Series("invoice", numbers, dtype=pl.Int64),
        pl.col("cancel_day").alias("bill_day"),
        pl.lit(None, pl.Int32).alias("cancel_day"),
    )
    return heads, copies.select(lines.columns)


def _book(
    world: World,
    heads: pl.DataFrame,
    lines: pl.DataFrame,
    again: pl.DataFrame,
    rebilled: pl.DataFrame,
    rebilled_lines: pl.DataFrame,
) -> pl.DataFrame:
    """Post all invoices and cancellations, emit VBRK and VBRP, and return the documents: number, belnr, gjahr, local, group."""
    cancellations = again.with_columns(
        pl.Series("number", world.numbers("invoice", again.height, first=FIRST_INVOICE), dtype=pl.Int64),
        pl.col("invoice").alias("cancels"), pl.col("cancel_day").alias("bill_day"), pl.lit(None, pl.Int32).alias("cancel_day"),
        pl.col("bill_day").alias("rate_day"),
    )  # fmt: skip
    invoices = pl.concat([heads, rebilled]).with_columns(
        pl.col("invoice").alias("number"), pl.lit(None, pl.Int64).alias("cancels"), pl.col("bill_day").alias("rate_day")
    )
    documents = pl.concat([invoices, cancellations.select(invoices.columns)])
    sign = pl.when(pl.col("cancels").is_not_null() | pl.col("credit")).then(-1).otherwise(1).cast(pl.Int64)
    documents = documents.with_columns(
        sign.alias("sign"), pl.lit("EUR").alias("group_currency"),
        currency_of().alias("local_currency"),
    )  # fmt: skip
    own = pl.concat([lines, rebilled_lines]).with_columns(pl.col("invoice").alias("number"))
    mirrored = lines.join(cancellations.select("invoice", "number"), on="invoice", how="inner", maintain_order="left")
    items = pl.concat([own, mirrored.select(own.columns)])
    journal = _journal(world, documents, items)
    owed = journal.filter(pl.col("koart") == "D").select(pl.col("doc").alias("number"), "local", "group")
    headers = documents.select(
        pl.col("number").alias("doc"), "company", pl.lit("RV").alias("kind"), pl.col("bill_day").alias("posted"),
        pl.col("bill_day").alias("document_date"), "currency", pl.col("number").cast(pl.String).alias("reference"),
        pl.when(pl.col("cancels").is_not_null()).then(pl.lit("Cancellation")).when("credit").then(pl.lit("Credit memo"))
        .otherwise(pl.lit("Invoice")).alias("text"),
        pl.lit("VBRK").alias("source_type"), pl.col("number").cast(pl.String).alias("source_number"),
        pl.col("cancels").alias("reverses"),
    )  # fmt: skip
    posted = ledger.post(world, headers, journal).rename({"doc": "number"})
    documents = documents.join(posted, on="number", how="left", maintain_order="left")
    documents = documents.join(owed, on="number", how="left", maintain_order="left")
    _emit(world, documents, items)
    return documents


def _journal(world: World, documents: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """The ledger lines: revenue a line, tax a document, and the receivable that balances them in every currency.

    A cancellation is translated at the rate of the invoice that it cancels, so that nothing is left of the two.
    """
    about = documents.select("number", "sign", "currency", "local_currency", "group_currency", "rate_day")
    entries = items.drop("currency").join(about, on="number", how="left", maintain_order="left")
    is_complaint = pl.col("credit") & (pl.col("shipped") == 0)
    revenue = looked_up("material_kind", REVENUE, pl.Int64)
    revenues = entries.select(
        pl.col("number").alias("doc"),
        pl.when(is_complaint).then(CREDIT_NOTES).otherwise(revenue).cast(pl.Int64).alias("account"),
        (-pl.col("sign") * pl.col("net")).alias("amount"), "material", "site", pl.col("shipped").alias("quantity"),
        "currency", "local_currency", "group_currency", "rate_day",
    )  # fmt: skip
    taxes = documents.filter(pl.col("tax") != 0).select(
        pl.col("number").alias("doc"), pl.lit(OUTPUT_TAX, pl.Int64).alias("account"),
        (-pl.col("sign") * pl.col("tax")).alias("amount"), pl.lit(None, pl.Int64).alias("material"),
        pl.lit(None, pl.Int32).alias("site"), pl.lit(None, pl.Int64).alias("quantity"),
        "currency", "local_currency", "group_currency", "rate_day",
    )  # fmt: skip
    others = pl.concat([revenues, taxes])
    for into in ("local", "group"):
        others = convert(world.seed, others, "amount", "currency", f"{into}_currency", "rate_day", into)
    others = others.drop("currency", "local_currency", "group_currency", "rate_day").with_columns(
        pl.lit("S").alias("koart"), pl.lit(None, pl.Int64).alias("kunnr")
    )
    owed = others.group_by("doc", maintain_order=True).agg(-pl.col("amount", "local", "group").sum())
    payers = documents.select(pl.col("number").alias("doc"), pl.col("sold_to").alias("kunnr"))
    owed = owed.join(payers, on="doc", how="left", maintain_order="left").with_columns(
        pl.lit(RECEIVABLES, pl.Int64).alias("account"), pl.lit("D").alias("koart")
    )
    return pl.concat([owed, others], how="diagonal").sort("doc", maintain_order=True)


def _emit(world: World, documents: pl.DataFrame, lines: pl.DataFrame) -> None:
    company = pl.col("company").cast(pl.String)
    rate = exchange(world.seed, documents["currency"], documents["local_currency"], documents["rate_day"]).quoted
    is_cancel = pl.col("cancels").is_not_null()
    rows = documents.select(
        pl.col("number").alias("VBELN"),
        pl.when(is_cancel).then(pl.lit("S1")).when("credit").then(pl.lit("RE")).otherwise(pl.lit("F2")).alias("FKART"),
        pl.when(is_cancel).then(pl.lit("N")).when("credit").then(pl.lit("O")).otherwise(pl.lit("M")).alias("VBTYP"),
        pl.col("bill_day").alias("FKDAT"), pl.col("bill_day").alias("ERDAT"), company.alias("BUKRS"), company.alias("VKORG"),
        pl.col("sold_to").alias("KUNAG"), pl.col("sold_to").alias("KUNRG"), pl.col("currency").alias("WAERK"),
        pl.col("net").alias("NETWR"), pl.col("tax").alias("MWSBK"), pl.Series("KURRF", rate), pl.col("terms").alias("ZTERM"),
        pl.lit(False).alias("FKSTO"), pl.col("cancels").alias("SFAKN"), pl.col("belnr").alias("BELNR"),
        pl.col("gjahr").alias("GJAHR"), pl.col("bill_day").alias("_on"), "cancel_day",
    )  # fmt: skip
    world.emit("sap/VBRK", rows.drop("cancel_day"))
    cancelled = rows.filter(pl.col("cancel_day").is_not_null()).with_columns(pl.lit(True).alias("FKSTO"))
    world.emit("sap/VBRK", cancelled.drop("_on").rename({"cancel_day": "_on"}), operation="U")
    about = documents.select("number", "local_currency", "rate_day", pl.col("bill_day").alias("_on"))
    lines = lines.join(about, on="number", how="left", maintain_order="left")
    # SAP keeps the cost of an invoice in the invoice's currency, though the goods are valued in the company's.
    costed = convert(world.seed, lines, "value", "local_currency", "currency", "rate_day", "cost")
    world.emit(
        "sap/VBRP",
        costed.select(
            pl.col("number").alias("VBELN"), pl.col("invoice_item").alias("POSNR"), pl.col("material").alias("MATNR"),
            pl.col("category").alias("MATKL"), pl.col("shipped").alias("FKIMG"), pl.col("unit").alias("VRKME"),
            pl.col("net").alias("NETWR"), pl.col("tax").alias("MWSBP"), pl.col("cost").alias("WAVWR"),
            pl.col("site").cast(pl.String).alias("WERKS"), pl.col("vbeln").alias("AUBEL"), pl.col("posnr").alias("AUPOS"),
            pl.col("vgbel").alias("VGBEL"), pl.col("vgpos").alias("VGPOS"), "_on",
        ),
    )  # fmt: skip


def _plan_returns(world: World, rng: np.random.Generator, documents: pl.DataFrame, lines: pl.DataFrame) -> None:
    """Draw which billed lines come back and which invoices are complained about; both become known in later months."""
    good = documents.filter(~pl.col("credit") & pl.col("cancels").is_null() & pl.col("cancel_day").is_null())
    billed = lines.join(good.select(pl.col("number").alias("invoice")), on="invoice", how="semi", maintain_order="left")
    draw, share, delay = rng.random(billed.height), rng.random(billed.height), rng.integers(12, 70, billed.height)
    arrival = business_day(np.maximum(billed["bill_day"].to_numpy() + delay, world.month.last + 8))
    billed = billed.with_columns(
        pl.Series("draw", draw), pl.Series("part", share), pl.Series("arrival", arrival),
    )  # fmt: skip
    units = pl.col("shipped") // pl.col("price_unit")
    back = pl.when(pl.col("part") < 0.6).then(units).otherwise(
        (units * pl.col("part")).floor().cast(pl.Int64).clip(1)
    ) * pl.col("price_unit")
    returned = billed.filter(pl.col("draw") < RETURNED_SHARE).with_columns(
        back.alias("shipped"), pl.lit("return").alias("cause")
    )
    complained = billed.filter(pl.col("draw") > 1 - COMPLAINT_SHARE).with_columns(
        (pl.col("net") * (0.03 + 0.17 * pl.col("part"))).floor().cast(pl.Int64).clip(1).alias("net"),
        pl.lit("complaint").alias("cause"),
    )
    planned = pl.concat([returned, complained]).select(*REMEMBERED_RETURN)
    known = world.state.get("planned_return")
    world.state["planned_return"] = planned if known is None else pl.concat([known, planned])


REMEMBERED_RETURN = (*TO_BILL, "invoice", "invoice_item", "arrival", "cause")


def _clear_cancelled(world: World, documents: pl.DataFrame) -> None:
    """Emit the open items of cancelled invoices, which their cancellations clear."""
    by = documents.filter(pl.col("cancels").is_not_null())
    if by.height == 0:
        return
    cancelled = documents.join(
        by.select(pl.col("cancels").alias("number"), pl.col("belnr").alias("cancel_belnr")), on="number", how="inner",
        maintain_order="left",
    )  # fmt: skip
    items = _as_items(cancelled).with_columns(cancelled["cancel_day"], cancelled["cancel_belnr"])
    open_items.enter_cancelled(world, open_items.CUSTOMERS, items)


def _as_items(documents: pl.DataFrame) -> pl.DataFrame:
    return open_items.items(
        documents.select(
            "company", pl.col("sold_to").alias("partner"), "belnr", "gjahr", pl.lit(1).alias("buzei"),
            pl.lit("RV").alias("kind"), pl.col("bill_day").alias("posted"), "currency", _gross(), "local", "group", "terms",
            pl.lit(0).alias("net_days"), pl.col("number").cast(pl.String).alias("reference"),
        )
    )  # fmt: skip


def _gross() -> pl.Expr:
    """What a document asks for with tax; a credit memo or a cancellation is negative."""
    return (pl.col("sign") * (pl.col("net") + pl.col("tax"))).alias("amount")


def _invoices(rng: np.random.Generator, documents: pl.DataFrame) -> pl.DataFrame:
    """What customers owe from now on: every invoice and credit memo that stays."""
    stays = documents.filter(pl.col("cancels").is_null() & pl.col("cancel_day").is_null()).sort("number")
    disputed = pl.Series(rng.random(stays.height) < DISPUTED_SHARE)
    return stays.select(
        "company", pl.col("sold_to").alias("kunnr"), "party", "belnr", "gjahr", pl.col("bill_day").alias("posted"), "currency",
        _gross(), "local", "group", "terms",
        pl.col("number").cast(pl.String).alias("reference"), (disputed & ~pl.col("credit")).alias("is_disputed"),
    )  # fmt: skip
