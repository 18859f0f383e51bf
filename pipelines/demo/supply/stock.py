"""Stock: how much of each material lies at each site, what it is worth, and how a day's movements change both.

Finished goods have a standard price; trading goods and components a moving average. An issue costs the price of the morning;
what is received on a day can be issued from the next one on. So neither quantity nor value is ever negative.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.finance.accounts import STOCK_ACCOUNT
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY, SITES
from pipelines.demo.lookup import looked_up
from pipelines.demo.supply import catalogue
from pipelines.demo.supply.movements import STORAGE_LOCATION
from pipelines.demo.world import World
from pipelines.errors import ConcordError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WAREHOUSES = (1500, 1600, 2500, 3500)
COMPANY_OF_SITE = {site.site: site.company for site in SITES}
VALUATION_CLASS = {"ROH": 3000, "HAWA": 3100, "FERT": 7920}
TRANSFER_MARKUP = 1.12
"""What companies 2000 and 3000 pay company 1000 for a product, relative to its standard price."""

STOCK = pl.Schema({
    "material": pl.Int64, "site": pl.Int32, "quantity": pl.Int64, "value": pl.Int64, "price": pl.Int64,
    "mean": pl.Float64, "lump": pl.Float64, "safety": pl.Int64, "reorder": pl.Int64, "lot": pl.Int64,
})  # fmt: skip
"""The state ``stock``, sorted by material and site: a row for each site that keeps the material.

value: minor units of the company's currency, always quantity / price_unit × price. mean: demand of a business day without season.
lump: by how many units demand comes at a time. safety, reorder, lot: stock levels of replenishment, in units.
"""


def keys(material: npt.NDArray[np.integer], site: npt.NDArray[np.integer]) -> Ints:
    """One number for a material at a site, in the order of the state ``stock``."""
    return np.asarray(material, dtype=np.int64) * 10_000 + np.asarray(site, dtype=np.int64)


def kept(products: pl.DataFrame) -> pl.DataFrame:
    """Where ``products`` are kept: material, site. Plants keep what they make or use, warehouses all that is sold."""
    at_plants = products.filter(pl.col("plant").is_not_null()).select("material", pl.col("plant").alias("site"))
    sold = products.filter(pl.col("kind") != "ROH").select("material")
    at_warehouses = sold.join(pl.DataFrame({"site": WAREHOUSES}, schema={"site": pl.Int32}), how="cross")
    return pl.concat([at_plants, at_warehouses]).sort("material", "site")


def opening_prices(world: World, places: pl.DataFrame) -> Ints:
    """The price of each row of ``places`` (material, site) from the state ``cost``: minor units of the company's currency.

    Where finished goods come from company 1000, they are worth the transfer price at the year's list rate.
    """
    about = places.select("material", "site").join(
        world.state["cost"], on="material", how="left", maintain_order="left"
    )
    about = about.join(
        world.state["product"].select("material", "kind"), on="material", how="left", maintain_order="left"
    )
    company = about["site"].replace_strict(COMPANY_OF_SITE, return_dtype=pl.Int64)
    rate = company.replace_strict(
        {
            each: catalogue.list_rate(world.seed, currency, world.month.year)
            for each, currency in COMPANY_CURRENCY.items()
        },
        return_dtype=pl.Float64,
    )
    is_transferred = ((company != 1000) & (about["kind"] == "FERT")).to_numpy()
    euro = about["cost"].to_numpy() * np.where(is_transferred, TRANSFER_MARKUP, 1.0)
    return np.asarray(np.maximum(np.floor(euro / rate.to_numpy() + 0.5), 1), dtype=np.int64)


@dataclass
class Stock:
    """The stock of a month at work: arrays over the rows of the state ``stock``.

    ``days``: the business days of the month. ``free``: what can still be issued today.
    """

    frame: pl.DataFrame
    days: npt.NDArray[np.int32]
    material: Ints = field(init=False)
    site: Ints = field(init=False)
    key: Ints = field(init=False)
    unit: Ints = field(init=False)
    is_standard: Mask = field(init=False)
    quantity: Ints = field(init=False)
    value: Ints = field(init=False)
    price: Ints = field(init=False)
    free: Ints = field(init=False)
    received: Ints = field(init=False)
    received_value: Ints = field(init=False)
    moved: Mask = field(init=False)
    quantities: Ints = field(init=False)
    prices: Ints = field(init=False)
    movement: Mask = field(init=False)
    differences: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Take the columns of ``frame``, which has kind and price_unit beside the columns of STOCK."""
        count, days = self.frame.height, len(self.days)
        self.material = self.frame["material"].to_numpy()
        self.site = self.frame["site"].to_numpy().astype(np.int64)
        self.key = keys(self.material, self.site)
        self.unit = self.frame["price_unit"].to_numpy()
        self.is_standard = (self.frame["kind"] == "FERT").to_numpy()
        self.quantity = self.frame["quantity"].to_numpy().copy()
        self.value = self.frame["value"].to_numpy().copy()
        self.price = self.frame["price"].to_numpy().copy()
        self.quantities = np.zeros((days, count), dtype=np.int64)
        self.prices = np.zeros((days, count), dtype=np.int64)
        self.movement = np.zeros((days, count), dtype=np.bool_)
        self.differences = np.zeros((days, count), dtype=np.int64)
        self._begin()

    def _begin(self) -> None:
        self.free = self.quantity.copy()
        self.received = np.zeros(len(self.key), dtype=np.int64)
        self.received_value = np.zeros(len(self.key), dtype=np.int64)
        self.moved = np.zeros(len(self.key), dtype=np.bool_)

    def places(self, material: npt.NDArray[np.integer], site: npt.NDArray[np.integer]) -> Ints:
        """The rows of materials at sites. Raises ConcordError if a site does not keep the material."""
        wanted = keys(material, site)
        places = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        strange = np.flatnonzero(self.key[places] != wanted)
        if len(strange):
            raise ConcordError(f"Site {site[strange[0]]} does not keep material {material[strange[0]]}.")
        return places

    def worth(self, places: Ints, quantity: Ints) -> Ints:
        """The value of ``quantity`` at the price of the morning."""
        return quantity // self.unit[places] * self.price[places]

    def issue(self, places: Ints, quantity: Ints) -> Ints:
        """Take ``quantity`` out at ``places`` (each may come more than once); gives the value."""
        np.subtract.at(self.free, places, quantity)
        self.moved[places] = True
        return self.worth(places, quantity)

    def receive(self, places: Ints, quantity: Ints, value: Ints) -> None:
        """Put ``quantity`` worth ``value`` away at ``places``: there tomorrow."""
        np.add.at(self.received, places, quantity)
        np.add.at(self.received_value, places, value)
        self.moved[places] = True

    def close(self, day: int) -> None:
        """End the business day ``day`` (its place in ``days``): add up, and find the new moving averages.

        An average price has whole minor units; what it rounds away is a difference, which belongs to account 531000.
        """
        value = self.worth(np.arange(len(self.key)), self.free) + self.received_value
        self.quantity = self.free + self.received
        bought = np.flatnonzero((self.received > 0) & ~self.is_standard)
        if len(bought):
            lots = self.quantity[bought] // self.unit[bought]
            self.price[bought] = np.maximum((2 * value[bought] + lots) // (2 * lots), 1)
        self.value = self.quantity // self.unit * self.price
        self.differences[day] = self.value - value
        self.quantities[day], self.prices[day], self.movement[day] = self.quantity, self.price, self.moved
        self._begin()


def emit(world: World, stock: Stock) -> None:
    """Emit a version of MARD and MBEW for each material, site and day with a movement."""
    day, place = np.nonzero(stock.movement)
    rows = stock.frame.select("material", "site", "kind", "price_unit")[place].with_columns(
        pl.Series("quantity", stock.quantities[day, place]),
        pl.Series("price", stock.prices[day, place]),
        pl.Series("_on", stock.days[day]),
    )
    rows = rows.with_columns((pl.col("quantity") // pl.col("price_unit") * pl.col("price")).alias("value"))
    _emit_quantities(world, rows, "U")
    emit_valuation(world, rows, "U")


def emit_new(world: World, rows: pl.DataFrame, day: int) -> None:
    """Emit the first versions of MARD and MBEW of ``rows`` (STOCK with kind and price_unit) on ``day``."""
    rows = rows.with_columns(pl.lit(day, dtype=pl.Int32).alias("_on"))
    _emit_quantities(world, rows, "C")
    emit_valuation(world, rows, "C")


def _emit_quantities(world: World, rows: pl.DataFrame, operation: str) -> None:
    # These rows are many, and held to the end of the history: so the columns are as narrow as they can be.
    material, site = pl.col("material").cast(pl.Int32), pl.col("site").cast(pl.Int16)
    change, zero = pl.lit(operation, dtype=pl.String).alias("_op"), pl.lit(0, dtype=pl.Int8)
    world.emit(
        "sap/MARD",
        rows.select(
            material.alias("MATNR"), site.alias("WERKS"), STORAGE_LOCATION.alias("LGORT"), pl.col("quantity").alias("LABST"),
            zero.alias("INSME"), zero.alias("SPEME"), "_on", change,
        ),
    )  # fmt: skip


def emit_valuation(world: World, rows: pl.DataFrame, operation: str) -> None:
    """Emit ``rows`` (material, site, kind, price_unit, quantity, price, value, _on) as MBEW."""
    material, site = pl.col("material").cast(pl.Int32), pl.col("site").cast(pl.Int16)
    change, is_standard = pl.lit(operation, dtype=pl.String).alias("_op"), pl.col("kind") == "FERT"
    world.emit(
        "sap/MBEW",
        rows.select(
            material.alias("MATNR"), site.alias("BWKEY"),
            looked_up("kind", VALUATION_CLASS, pl.Int16).alias("BKLAS"),
            pl.when(is_standard).then(pl.lit("S")).otherwise(pl.lit("V")).cast(pl.Enum(["S", "V"])).alias("VPRSV"),
            pl.when(is_standard).then("price").alias("STPRS"), pl.when(~is_standard).then("price").alias("VERPR"),
            pl.col("price_unit").cast(pl.Int16).alias("PEINH"), pl.col("quantity").alias("LBKUM"),
            pl.col("value").alias("SALK3"), "_on", change,
        ),
    )  # fmt: skip


def record(world: World) -> None:
    """Record what is there at the end of the month: ``stock_truth`` and ``stock_balance`` in the truth.

    stock_truth: material, site, year, period, quantity, value. stock_balance: company, site, account, year, period, value.
    """
    year, period = (
        pl.lit(world.month.year, dtype=pl.Int32).alias("year"),
        pl.lit(world.month.number, dtype=pl.Int32).alias("period"),
    )
    stock = world.state["stock"]
    world.record("stock_truth", stock.select("material", "site", year, period, "quantity", "value"))
    kinds = world.state["product"].select("material", "kind")
    by_account = stock.join(kinds, on="material", how="left", maintain_order="left").select(
        looked_up("site", COMPANY_OF_SITE, pl.Int32).alias("company"),
        "site",
        looked_up("kind", STOCK_ACCOUNT, pl.Int64).alias("account"),
        "value",
    )
    sums = (
        by_account.group_by("company", "site", "account").agg(pl.col("value").sum()).sort("company", "site", "account")
    )
    world.record("stock_balance", sums.select("company", "site", "account", year, period, "value"))
