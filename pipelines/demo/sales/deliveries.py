"""Deliveries: goods that leave for a customer, and goods that come back; each moves stock and posts its cost."""

import polars as pl

from pipelines.demo.finance import ledger
from pipelines.demo.finance.accounts import COST_OF_SALES, STOCK_ACCOUNT
from pipelines.demo.finance.chart_of_accounts import currency_of
from pipelines.demo.lookup import looked_up
from pipelines.demo.sales.sales_orders import REMEMBERED
from pipelines.demo.supply import movements
from pipelines.demo.world import World

DELIVERIES = (80_000_001, 99_999_999)
WORTH_A_CALL_DAYS = 3  # late by more than that, customers may open a case
RETURN_DELIVERIES = (60_000_001, 79_999_999)
"""Number ranges, which share the key of LIKP."""

DELIVERED = (*REMEMBERED, "day", "shipped", "value", "delivery", "item")


def live(world: World, shipments: pl.DataFrame) -> pl.DataFrame:
    """Deliver what supply shipped this month; returns the delivered lines: DELIVERED, value in the company's currency.

    ``shipments``: line, site, day, quantity, value.
    """
    shipped = shipments.select("line", "day", pl.col("quantity").alias("shipped"), "value")
    lines = shipped.join(world.state["open_line"], on="line", how="inner", maintain_order="left")
    lines = lines.sort("day", "vbeln", "posnr")
    lines = _numbered(world, lines, "delivery", DELIVERIES)
    _emit(world, lines, kind="J", delivery_type="LF", movement="601")
    _post(world, lines, movement="601", sign=1)
    late = lines.filter(pl.col("day") > pl.col("due_day") + WORTH_A_CALL_DAYS).select(
        "party", "day", pl.col("vbeln").alias("order_number")
    )
    world.state["late_delivery"] = late.unique(["party", "order_number"], keep="first", maintain_order=True)
    gone = shipped.group_by("line", maintain_order=True).agg(pl.col("shipped").sum())
    left = world.state["open_line"].join(gone, on="line", how="left", maintain_order="left")
    left = left.with_columns(pl.col("open_quantity") - pl.col("shipped").fill_null(0)).drop("shipped")
    world.state["open_line"] = left.filter(pl.col("open_quantity") > 0)
    return lines.select(DELIVERED)


def take_back(world: World, lines: pl.DataFrame) -> pl.DataFrame:
    """Receive returned goods: ``lines`` as DELIVERED before delivery and item are given, which it adds."""
    lines = _numbered(world, lines.sort("day", "vbeln", "posnr"), "return_delivery", RETURN_DELIVERIES)
    _emit(world, lines, kind="T", delivery_type="LR", movement="653")
    _post(world, lines, movement="653", sign=-1)
    return lines


def _numbered(world: World, lines: pl.DataFrame, name: str, span: tuple[int, int]) -> pl.DataFrame:
    """One delivery a day and order: number it and its items."""
    lines = lines.with_columns(pl.struct("day", "vbeln").rle_id().cast(pl.Int64).alias("document"))
    count = lines["document"].n_unique()
    numbers = pl.Series("delivery", world.numbers(name, count, first=span[0], last=span[1]))
    return lines.with_columns(
        numbers.gather(lines["document"]).alias("delivery"),
        (pl.int_range(pl.len()).over("document") * 10 + 10).alias("item"),
    )


def _emit(world: World, lines: pl.DataFrame, *, kind: str, delivery_type: str, movement: str) -> None:
    company = pl.col("company").cast(pl.String)
    heads = lines.unique("delivery", keep="first", maintain_order=True)
    world.emit(
        "sap/LIKP",
        heads.select(
            pl.col("delivery").alias("VBELN"), pl.col("day").alias("ERDAT"), pl.lit(kind).alias("VBTYP"),
            pl.lit(delivery_type).alias("LFART"), pl.col("site").cast(pl.String).alias("VSTEL"), company.alias("VKORG"),
            pl.col("ship_to").alias("KUNNR"), pl.col("sold_to").alias("KUNAG"), pl.col("due_day").alias("LFDAT"),
            pl.col("due_day").alias("WADAT"), pl.col("day").alias("WADAT_IST"), pl.col("day").alias("_on"),
        ),
    )  # fmt: skip
    world.emit(
        "sap/LIPS",
        lines.select(
            pl.col("delivery").alias("VBELN"), pl.col("item").alias("POSNR"), pl.col("material").alias("MATNR"),
            pl.col("site").cast(pl.String).alias("WERKS"), pl.lit("0001").alias("LGORT"), pl.lit(movement).alias("BWART"),
            pl.col("shipped").alias("LFIMG"), pl.col("unit").alias("VRKME"), pl.col("vbeln").alias("VGBEL"),
            pl.col("posnr").alias("VGPOS"), pl.col("day").alias("_on"),
        ),
    )  # fmt: skip


def _post(world: World, lines: pl.DataFrame, *, movement: str, sign: int) -> None:
    """Move the stock and post its cost; ``sign`` 1 issues to the customer, −1 takes back."""
    documents = movements.post(
        world,
        lines.select(
            pl.col("delivery").alias("doc"), "day", pl.lit(movement).alias("movement"), "material", "site",
            (-sign * pl.col("shipped")).alias("quantity"), (-sign * pl.col("value")).alias("value"),
            pl.col("ship_to").alias("kunnr"), "delivery", pl.col("item").alias("delivery_item"),
        ),
    )  # fmt: skip
    sides = [
        lines.select(
            pl.col("delivery").alias("doc"), "material_kind",
            looked_up("material_kind", accounts, pl.Int64).alias("account"),
            (side * pl.col("value")).alias("amount"),
        )
        for accounts, side in ((COST_OF_SALES, sign), (STOCK_ACCOUNT, -sign))
    ]  # fmt: skip
    entries = pl.concat(sides).group_by("doc", "account", maintain_order=True).agg(pl.col("amount").sum())
    heads = lines.unique("delivery", keep="first", maintain_order=True).select(
        pl.col("delivery").alias("doc"), "company", pl.lit("WL").alias("kind"), pl.col("day").alias("posted"),
        pl.col("day").alias("document_date"),
        currency_of().alias("currency"),
        pl.col("delivery").cast(pl.String).alias("reference"), pl.lit("Goods issue").alias("text"),
        pl.lit("MKPF").alias("source_type"),
    )  # fmt: skip
    heads = heads.join(documents.select("doc", "mblnr"), on="doc", how="left", maintain_order="left")
    heads = heads.with_columns(pl.col("mblnr").cast(pl.String).alias("source_number")).drop("mblnr")
    ledger.post(world, heads, entries.sort("doc", "account"))
