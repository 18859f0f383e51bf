"""Suppliers' invoices: what is expected after a receipt, how it is posted, and how the companies of the group settle."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demo.calendar import business_day
from pipelines.demo.finance.accounts import (
    BANK,
    CLEARING,
    FX_GAIN,
    FX_LOSS,
    INPUT_TAX,
    PAYABLES,
    PAYABLES_INTERCOMPANY,
    PRICE_DIFFERENCES,
    RECEIVABLES_INTERCOMPANY,
)
from pipelines.demo.finance.chart_of_accounts import TAX_PERCENT, currency_of
from pipelines.demo.finance.rates import convert
from pipelines.demo.supply.journal import Journal
from pipelines.demo.supply.purchase_documents import company_of, currency_name
from pipelines.demo.supply.suppliers import INTERCOMPANY_SUPPLIER
from pipelines.demo.world import World

FIRST_INVOICE = 5_105_600_001
DEARER = 0.04
"""Of invoiced items: at another price than ordered."""
SETTLEMENT_DAY = 14

AWAITED = pl.Schema({
    "receipt_day": pl.Int32, "site": pl.Int32, "lifnr": pl.Int64, "currency": pl.Int64, "invoice_day": pl.Int32,
    "ebeln": pl.Int64, "ebelp": pl.Int64, "material": pl.Int64, "quantity": pl.Int64, "amount": pl.Int64, "local": pl.Int64,
})  # fmt: skip
"""The state ``awaited_invoice``: received and not yet invoiced. What a supplier brings to a site on a day is one invoice."""
SETTLED = pl.Schema({"company": pl.Int32, "amount": pl.Int64, "local": pl.Int64})
"""The state ``intercompany_open``: what a company owes company 1000: EUR, and the company's currency as posted."""


@dataclass(frozen=True)
class Invoices:
    """The month's invoices: ``heads`` a row a document, ``items`` a row an item (doc, item keys, quantity, net, local, day)."""

    heads: pl.DataFrame
    items: pl.DataFrame


def enter(world: World, received: pl.DataFrame, rng: np.random.Generator, journal: Journal) -> Invoices:
    """Journal the invoices of the month for what was ``received`` in it and before; keep the rest in the state."""
    awaited = pl.concat([world.state["awaited_invoice"], _awaited(received, rng)])
    is_due = pl.col("invoice_day") <= world.month.last
    world.state["awaited_invoice"] = awaited.filter(~is_due)
    by = ["invoice_day", "receipt_day", "site", "lifnr", "currency"]
    due = journal.documents(awaited.filter(is_due).sort(*by, "ebeln", "ebelp"), by)
    due = _priced(due, rng)
    heads = _heads(world, due)
    _journal(journal, heads, due)
    _settle(world, journal)
    owed = (
        heads.filter(pl.col("is_internal")).group_by("company").agg(pl.col("gross").sum(), pl.col("gross_local").sum())
    )
    world.state["intercompany_open"] = owed.sort("company").select(
        "company", pl.col("gross").alias("amount"), pl.col("gross_local").alias("local")
    )
    return Invoices(heads, due)


def _awaited(received: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    keys = ["day", "site", "lifnr", "currency"]
    # What was posted by mistake has been taken back on the same day; the net of the day is what is paid.
    net = received.group_by(*keys, "ebeln", "ebelp", "material").agg(pl.col("quantity", "amount", "local").sum())
    net = net.filter(pl.col("quantity") > 0).sort(*keys, "ebeln", "ebelp")
    net = net.with_columns(pl.struct(keys).rle_id().alias("receipt"))
    wait = np.floor(1 + rng.gamma(2.0, 2.4, net["receipt"].n_unique() if net.height else 0)).astype(np.int64)
    own = (net["lifnr"] == INTERCOMPANY_SUPPLIER).to_numpy()
    days = np.where(own, 1, wait[net["receipt"].to_numpy()]) + net["day"].to_numpy()
    net = net.with_columns(pl.Series("invoice_day", business_day(days)), pl.col("day").alias("receipt_day"))
    return net.select(pl.col(name).cast(kind) for name, kind in AWAITED.items())


def _priced(due: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add difference (of the price), net, and the currencies' names."""
    dice = rng.random((2, due.height))
    amount = due["amount"].to_numpy()
    is_off = (dice[0] < DEARER) & (due["lifnr"] != INTERCOMPANY_SUPPLIER).to_numpy()
    part = np.where(dice[1] < 0.75, 0.005 + 0.07 * dice[1], -0.03 * dice[1])
    difference = np.where(is_off, np.where(part < 0, -1, 1) * np.floor(amount * np.abs(part) + 0.5).astype(np.int64), 0)
    return due.with_columns(
        pl.Series("difference", difference),
        pl.Series("net", amount + difference),
        currency_name().alias("currency_name"),
        company_of().alias("company"),
    )


def _heads(world: World, due: pl.DataFrame) -> pl.DataFrame:
    """A row a document: its sums, its tax, and its gross amount in all three currencies."""
    heads = due.group_by("doc", maintain_order=True).agg(
        pl.col("company", "lifnr", "invoice_day", "receipt_day", "currency_name", "site").first(),
        pl.col("net").sum(), pl.col("difference").sum(), pl.col("local").sum(),
    )  # fmt: skip
    suppliers = world.state["supplier"].select("lifnr", "country", "terms")
    heads = heads.join(suppliers, on="lifnr", how="left", maintain_order="left")
    is_taxed = (pl.col("company") == 1000) & (pl.col("country") == "DE").fill_null(value=False)
    heads = heads.with_columns(
        pl.when(is_taxed).then((pl.col("net") * TAX_PERCENT[1000] + 50) // 100).otherwise(0).alias("tax"),
        currency_of().alias("own"),
        pl.lit("EUR").alias("euro"),
        (pl.col("lifnr") == INTERCOMPANY_SUPPLIER).alias("is_internal"),
        pl.col("terms").fill_null("Z030"),
    ).with_columns((pl.col("net") + pl.col("tax")).alias("gross"))
    for amount, target, into in (
        ("gross", "own", "gross_local"), ("gross", "euro", "gross_group"), ("difference", "own", "difference_local"),
        ("tax", "own", "tax_local"),
    ):  # fmt: skip
        heads = convert(world.seed, heads, amount, "currency_name", target, "invoice_day", into)
    numbers = pl.Series("number", world.numbers("supplier_invoice", heads.height, first=FIRST_INVOICE))
    reference = pl.format("{}-{}", pl.col("lifnr") % 100_000, pl.col("doc") + 100_000 * (world.month.index + 1))
    return heads.with_columns(numbers, reference.alias("reference"))


def _journal(journal: Journal, heads: pl.DataFrame, items: pl.DataFrame) -> None:
    headers = heads.select(
        "doc", "company", pl.lit("RE").alias("kind"), pl.col("invoice_day").alias("posted"),
        pl.max_horizontal(pl.col("receipt_day"), pl.col("invoice_day") - 3).alias("document_date"),
        pl.col("currency_name").alias("currency"), "reference", pl.lit("Supplier invoice").alias("text"),
        pl.lit("RMRP").alias("source_type"), pl.col("number").cast(pl.String).alias("source_number"),
    )  # fmt: skip
    partner = pl.when("is_internal").then(pl.lit(1000, dtype=pl.Int32)).alias("partner_company")
    payable = heads.select(
        "doc",
        pl.when("is_internal").then(PAYABLES_INTERCOMPANY).otherwise(PAYABLES).cast(pl.Int64).alias("account"),
        -pl.col("gross").alias("amount"), -pl.col("gross_local").alias("local"), -pl.col("gross_group").alias("group"),
        pl.when("is_internal").then(pl.lit("S")).otherwise(pl.lit("K")).alias("koart"), "lifnr", partner,
    )  # fmt: skip
    cleared = items.select(
        "doc", pl.lit(CLEARING, dtype=pl.Int64).alias("account"), "amount", "local", pl.lit(None, dtype=pl.Int64).alias("group"),
        pl.lit("S").alias("koart"), "lifnr", pl.lit(None, dtype=pl.Int32).alias("partner_company"), "material", "site",
        "quantity",
    )  # fmt: skip
    exchange_difference = pl.col("gross_local") - pl.col("local") - pl.col("difference_local") - pl.col("tax_local")
    heads = heads.with_columns(exchange_difference.alias("off"), pl.lit(0, dtype=pl.Int64).alias("none"))
    account = pl.when(pl.col("off") > 0).then(FX_LOSS).otherwise(FX_GAIN).cast(pl.Int64)
    others = [
        heads.filter(pl.col(amount if amount != "none" else local) != 0).select(
            "doc", account.alias("account"), pl.col(amount).alias("amount"), pl.col(local).alias("local")
        )
        for account, amount, local in (
            (pl.lit(PRICE_DIFFERENCES, dtype=pl.Int64), "difference", "difference_local"),
            (pl.lit(INPUT_TAX, dtype=pl.Int64), "tax", "tax_local"),
            (account, "none", "off"),
        )
    ]  # fmt: skip
    journal.enter(headers, pl.concat([payable, cleared, *others], how="diagonal"))


def _settle(world: World, journal: Journal) -> None:
    """The companies pay what they owed company 1000 at the start of the month, by bank."""
    owed = world.state["intercompany_open"].filter(pl.col("amount") != 0)
    if owed.height == 0:
        return
    day = int(business_day(np.array([world.month.first + SETTLEMENT_DAY]))[0])
    owed = owed.with_columns(
        pl.lit(day, dtype=pl.Int32).alias("day"),
        pl.lit("EUR").alias("currency"),
        currency_of().alias("own"),
        pl.int_range(pl.len()).alias("row"),
    )
    owed = convert(world.seed, owed, "amount", "currency", "own", "day", "paid")
    paid = journal.documents(owed, ["row"])
    received = journal.documents(owed, ["row"])
    debtor = pl.col("company").alias("partner_company")
    creditor = pl.lit(1000, dtype=pl.Int32)
    common = (
        pl.col("day").alias("posted"), pl.col("day").alias("document_date"), "currency", pl.lit("ZP").alias("kind"),
        pl.lit("Intercompany settlement").alias("text"), pl.format("IC {}", pl.col("company")).alias("reference"),
    )  # fmt: skip
    headers = pl.concat(
        [paid.select("doc", "company", *common), received.select("doc", creditor.alias("company"), *common)]
    )
    off = pl.col("paid") - pl.col("local")
    zero = pl.lit(0, dtype=pl.Int64)

    def side(
        rows: pl.DataFrame, account: int | pl.Expr, amount: pl.Expr, local: pl.Expr, partner: pl.Expr
    ) -> pl.DataFrame:
        number = account if isinstance(account, pl.Expr) else pl.lit(account)
        return rows.select(
            "doc", number.cast(pl.Int64).alias("account"), amount.alias("amount"), local.alias("local"),
            partner.alias("partner_company"),
        )  # fmt: skip

    amount = pl.col("amount")
    lines = [
        side(paid, PAYABLES_INTERCOMPANY, amount, pl.col("local"), creditor),
        side(paid, BANK, -amount, -pl.col("paid"), creditor),
        side(paid.filter(off != 0), pl.when(off > 0).then(FX_LOSS).otherwise(FX_GAIN), zero, off, creditor),
        side(received, BANK, amount, amount, debtor),
        side(received, RECEIVABLES_INTERCOMPANY, -amount, -amount, debtor),
    ]
    journal.enter(headers, pl.concat(lines))


def emit_history(world: World, invoices: Invoices) -> None:
    """Emit the invoices' items as EKBE, VGABE 2, under the invoice's own number; the ledger's document names it as source."""
    number = invoices.heads.select("doc", "number", "reference")
    rows = invoices.items.join(number, on="doc", how="left", maintain_order="left")
    own = rows.with_columns(currency_of().alias("own"))
    rows = convert(world.seed, own, "difference", "currency_name", "own", "invoice_day", "difference_local")
    world.emit(
        "sap/EKBE",
        rows.select(
            pl.col("ebeln").alias("EBELN"), pl.col("ebelp").alias("EBELP"), pl.lit("2").alias("VGABE"),
            pl.lit(world.month.year, dtype=pl.Int32).alias("GJAHR"), pl.col("number").alias("BELNR"),
            pl.int_range(1, pl.len() + 1).over("doc").alias("BUZEI"), pl.lit("Q").alias("BEWTP"),
            pl.lit(None, dtype=pl.String).alias("BWART"), pl.col("invoice_day").alias("BUDAT"), pl.col("quantity").alias("MENGE"),
            (pl.col("local") + pl.col("difference_local")).alias("DMBTR"), pl.col("net").alias("WRBTR"),
            pl.col("currency_name").alias("WAERS"), pl.lit("S").alias("SHKZG"), pl.col("reference").alias("XBLNR"),
            pl.col("invoice_day").alias("_on"),
        ),
    )  # fmt: skip


def for_payables(invoices: Invoices, numbers: pl.DataFrame) -> pl.DataFrame:
    """The invoices of other companies than our own, as `payables.live` takes them; ``numbers``: doc, belnr, gjahr."""
    outside = invoices.heads.filter(~pl.col("is_internal")).join(numbers, on="doc", how="left", maintain_order="left")
    return outside.select(
        "company", "lifnr", "belnr", "gjahr", pl.col("invoice_day").alias("posted"), pl.col("currency_name").alias("currency"),
        pl.col("gross").alias("amount"), pl.col("gross_local").alias("local"), pl.col("gross_group").alias("group"), "terms",
        "reference",
    )  # fmt: skip
