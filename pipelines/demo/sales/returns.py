"""Returns and complaints: what customers send back, and what they are credited."""

import polars as pl

from pipelines.demo.calendar import business_day
from pipelines.demo.lookup import looked_up
from pipelines.demo.sales import deliveries
from pipelines.demo.sales.billing import TO_BILL
from pipelines.demo.sales.sales_orders import tax
from pipelines.demo.world import World

FIRST_RETURN_ORDER = 60_000_001  # orders of sale end before
DAYS_BEFORE_ARRIVAL = 6
REASON = {"return": ("RE", "H", "005"), "complaint": ("CR", "K", "001")}
"""By cause: the type of the order, its category, and its reason (AUART, VBTYP, AUGRU)."""


def live(world: World) -> pl.DataFrame:
    """Take the returns and complaints that are due this month as orders; returns the goods that arrive.

    The result is `supply.live`'s ``returned``: line, material, site, day, quantity. The orders wait in the state ``return_line``
    for `settle` in the same month.
    """
    planned = world.state.get("planned_return")
    if planned is None or planned.height == 0:
        world.state.pop("return_line", None)
        return pl.DataFrame(
            schema={"line": pl.Int64, "material": pl.Int64, "site": pl.Int32, "day": pl.Int32, "quantity": pl.Int64}
        )
    due = planned.filter(pl.col("arrival") <= world.month.last).sort("arrival", "cause", "invoice", "invoice_item")
    world.state["planned_return"] = planned.filter(pl.col("arrival") > world.month.last)
    due = due.with_columns(pl.struct("arrival", "cause", "invoice").rle_id().cast(pl.Int64).alias("document"))
    numbers = pl.Series(
        "return_order", world.numbers("return_order", due["document"].n_unique(), first=FIRST_RETURN_ORDER)
    )
    asked = (due["arrival"] - DAYS_BEFORE_ARRIVAL).clip(world.month.first)
    lines = due.with_columns(
        numbers.gather(due["document"]).alias("return_order"),
        (pl.int_range(pl.len()).over("document") * 10 + 10).alias("return_item"),
        pl.Series("asked", business_day(asked.to_numpy())),
        pl.Series("line", world.numbers("line", due.height)),
        (pl.col("shipped") // pl.col("price_unit") * pl.col("price")).alias("full_price"),
    ).with_columns(
        pl.when(pl.col("cause") == "return").then("full_price").otherwise("net").alias("net"),
        pl.min_horizontal("asked", "arrival").alias("asked"),
    )  # fmt: skip
    _emit(world, lines)
    world.state["return_line"] = lines
    goods = lines.filter(pl.col("cause") == "return")
    return goods.select("line", "material", "site", pl.col("arrival").alias("day"), pl.col("shipped").alias("quantity"))


def settle(world: World, receipts: pl.DataFrame) -> pl.DataFrame:
    """Receive the goods that came back, and give what is to be credited as `billing.live` takes it: TO_BILL.

    ``receipts``: line, site, day, quantity, value of the goods that `live` announced.
    """
    lines = world.state.pop("return_line", None)
    if lines is None:
        return pl.DataFrame(schema=dict.fromkeys(TO_BILL, pl.Null)).clear()
    as_order = lines.with_columns(
        pl.col("invoice").alias("billed"), pl.col("invoice_item").alias("billed_item"),
        pl.col("return_order").alias("vbeln"), pl.col("return_item").alias("posnr"), pl.col("arrival").alias("due_day"),
    )  # fmt: skip
    goods = as_order.filter(pl.col("cause") == "return").drop("day", "value", "delivery", "item")
    goods = goods.join(receipts.select("line", "day", "value"), on="line", how="inner", maintain_order="left")
    goods = deliveries.take_back(world, goods)
    goods = goods.with_columns(pl.col("delivery").alias("vgbel"), pl.col("item").alias("vgpos"))
    # A complaint moves no goods: its lines carry no quantity, and its credit refers to the order.
    claims = as_order.filter(pl.col("cause") == "complaint").with_columns(
        pl.lit(0, pl.Int64).alias("shipped"), pl.lit(0, pl.Int64).alias("value"), pl.col("arrival").alias("day"),
        pl.col("vbeln").alias("vgbel"), pl.col("posnr").alias("vgpos"),
    )  # fmt: skip
    credited = pl.concat([goods.select(TO_BILL), claims.select(TO_BILL)])
    days = business_day(credited["day"].to_numpy(), (credited["line"] % 5).to_numpy())
    return credited.with_columns(pl.Series("bill_day", days), pl.lit(True).alias("credit")).select(TO_BILL)


def _emit(world: World, lines: pl.DataFrame) -> None:
    """Emit the return and credit-memo orders as VBAK and VBAP, which refer to the invoice."""
    company = pl.col("company").cast(pl.String)
    kind, category, reason = (
        looked_up("cause", {cause: names[place] for cause, names in REASON.items()}, pl.String) for place in range(3)
    )
    orders = lines.group_by("return_order", maintain_order=True).agg(
        pl.all().exclude("net").first(), pl.col("net").sum()
    )
    world.emit(
        "sap/VBAK",
        orders.select(
            pl.col("return_order").alias("VBELN"), pl.col("asked").alias("ERDAT"), pl.col("asked").alias("AUDAT"),
            category.alias("VBTYP"), kind.alias("AUART"), company.alias("VKORG"), company.alias("BUKRS_VF"),
            pl.col("sold_to").alias("KUNNR"), pl.col("currency").alias("WAERK"), pl.col("net").alias("NETWR"),
            pl.col("arrival").alias("VDATU"), reason.alias("AUGRU"), pl.col("invoice").alias("VGBEL"),
            pl.col("asked").alias("_on"),
        ),
    )  # fmt: skip
    # A complaint asks for an amount: one price unit at that price.
    is_claim = pl.col("cause") == "complaint"
    asked_for = pl.when(is_claim).then("price_unit").otherwise("shipped")
    price = pl.when(is_claim).then("net").otherwise("price")
    world.emit(
        "sap/VBAP",
        lines.select(
            pl.col("return_order").alias("VBELN"), pl.col("return_item").alias("POSNR"), pl.col("material").alias("MATNR"),
            pl.col("category").alias("MATKL"), asked_for.alias("KWMENG"), pl.col("unit").alias("VRKME"),
            price.alias("NETPR"), pl.col("price_unit").alias("KPEIN"), pl.col("net").alias("NETWR"),
            tax(pl.col("net")).alias("MWSBP"), pl.col("site").cast(pl.String).alias("WERKS"),
            pl.col("ship_to").alias("KUNWE_ANA"), pl.col("invoice").alias("VGBEL"), pl.col("invoice_item").alias("VGPOS"),
            pl.col("asked").alias("_on"),
        ),
    )  # fmt: skip
