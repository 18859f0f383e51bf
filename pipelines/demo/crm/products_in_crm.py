"""What the CRM knows of the products: Product2, and a price in each currency (PricebookEntry)."""

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import day_number
from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.crm.crm_staff import DAY
from pipelines.demo.supply.catalogue import list_price
from pipelines.demo.world import World

CURRENCIES = ("EUR", "USD", "GBP", "JPY")
PRICEBOOK = 1
"""Number of the one price book."""

_OPENING = day_number(date(2018, 1, 8)) * DAY + 7 * 3600
"""When the CRM was introduced: no product is older in it."""


def product_ids(materials: npt.NDArray[np.integer]) -> pl.Series:
    """Product2 Ids of ``materials``."""
    return salesforce_ids("01t", materials)


def entry_ids(materials: npt.NDArray[np.integer], currencies: pl.Series) -> pl.Series:
    """PricebookEntry Ids of ``materials`` in ``currencies`` (each one of CURRENCIES)."""
    place = currencies.replace_strict(CURRENCIES, range(len(CURRENCIES)), return_dtype=pl.Int64).to_numpy()
    return salesforce_ids("01u", materials.astype(np.int64) * len(CURRENCIES) + place)


def found(world: World) -> None:
    """Enter the products that the company sells when the history begins, at the list prices of the year."""
    goods = _goods(world).filter(pl.col("launched") < world.month.first)
    created = np.maximum(goods["launched"].to_numpy().astype(np.int64) * DAY + 8 * 3600, _OPENING)
    created = np.minimum(created, (world.month.first - 1) * DAY + 8 * 3600)
    goods = goods.with_columns(pl.Series("created_at", created), pl.lit(world.month.first, pl.Int32).alias("day"))
    gone = pl.col("withdrawn").fill_null(2**31 - 1) < world.month.first
    _emit(
        world, goods.with_columns((~gone).alias("is_active"), pl.col("created_at").alias("modified")), on_products=True
    )
    world.state["product_in_crm"] = goods.select("material", "created_at", (~gone).alias("is_active"))


def live(world: World) -> None:
    """Enter new products, close withdrawn ones, and take over the list prices of a new year each January."""
    first, last = world.month.first, world.month.last
    known = world.state["product_in_crm"]
    goods = _goods(world).join(known, on="material", how="left", maintain_order="left")
    new = goods.filter(pl.col("created_at").is_null() & (pl.col("launched") <= last))
    closing = goods.filter(pl.col("is_active") & (pl.col("withdrawn") <= last))
    if new.height:
        new = new.with_columns(
            pl.max_horizontal("launched", pl.lit(first, pl.Int32)).alias("day"), pl.lit(value=True).alias("is_active")
        ).with_columns((pl.col("day").cast(pl.Int64) * DAY + 5 * 3600).alias("created_at"))
        _emit(world, new.with_columns(pl.col("created_at").alias("modified")), on_products=True)
        known = pl.concat([known, new.select(known.columns)])
    # Prices change early on the first, products are withdrawn late in the day: the later version wins.
    if world.month.number == 1:
        priced = goods.filter(pl.col("is_active")).with_columns(pl.lit(first, pl.Int32).alias("day"))
        priced = priced.with_columns((pl.col("day").cast(pl.Int64) * DAY + 3600).alias("modified"))
        _emit(world, priced, on_products=False)
    if closing.height:
        closing = closing.with_columns(
            pl.max_horizontal("withdrawn", pl.lit(first, pl.Int32)).alias("day"), pl.lit(value=False).alias("is_active")
        ).with_columns((pl.col("day").cast(pl.Int64) * DAY + 17 * 3600).alias("modified"))
        _emit(world, closing, on_products=True)
        is_closing = pl.col("material").is_in(closing["material"].implode())
        known = known.with_columns((pl.col("is_active") & ~is_closing).alias("is_active"))
    world.state["product_in_crm"] = known


def _goods(world: World) -> pl.DataFrame:
    goods = world.state["product"].filter(pl.col("list_price").is_not_null())
    return goods.select("material", "category", "name_en", "launched", "withdrawn").sort("material")


def _emit(world: World, goods: pl.DataFrame, *, on_products: bool) -> None:
    """Versions on ``day`` at ``modified``, with ``is_active``; of the prices, and if so ``on_products`` of the products."""
    if not goods.height:
        return
    materials = goods["material"].to_numpy()
    goods = goods.with_columns(product_ids(materials).alias("Product2Id"))
    about = [
        pl.col("is_active").alias("IsActive"), pl.col("created_at").alias("CreatedDate"),
        pl.col("modified").alias("SystemModstamp"), pl.lit(value=False).alias("IsDeleted"), pl.col("day").alias("_on"),
    ]  # fmt: skip
    if on_products:
        rows = goods.select(
            pl.col("Product2Id").alias("Id"), pl.col("material").cast(pl.String).alias("ProductCode"),
            pl.col("name_en").alias("Name"), pl.col("category").alias("Family"), *about,
        )  # fmt: skip
        world.emit("salesforce/Product2", rows)
    book = salesforce_ids("01s", np.array([PRICEBOOK]))[0]
    currencies = pl.Series([one for one in CURRENCIES for _ in range(goods.height)])
    prices = pl.concat([goods] * len(CURRENCIES))
    materials = prices["material"].to_numpy()
    listed = np.asarray(list_price(world, materials, prices["day"].to_numpy(), currencies))
    world.emit("salesforce/PricebookEntry", prices.select(
        entry_ids(materials, currencies).alias("Id"), pl.lit(book).alias("Pricebook2Id"), "Product2Id",
        pl.Series("UnitPrice", listed, dtype=pl.Int64), currencies.alias("CurrencyIsoCode"), *about,
    ))  # fmt: skip
