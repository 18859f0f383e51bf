"""Replenishment: the forecast of demand, and the stock levels that follow from it (safety stock, reorder point, lot)."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month
from pipelines.demo.demand import DEMAND
from pipelines.demo.supply.stock import WAREHOUSES, Floats, Ints, Mask, Stock, keys
from pipelines.demo.world import World

BUSINESS_DAYS = 758
"""Of the history; lines a business day follow from the size of the company."""
SERVICE_FACTOR = 1.65
"""Standard deviations of demand in the lead time that safety stock covers."""
FORECAST_ERROR = 0.03
"""Part of the demand in the lead time that safety stock covers beside chance."""
DEFAULT_SHARE = {1500: 0.42, 1600: 0.25, 2500: 0.2, 3500: 0.13}
QUANTITY_PER_MEDIAN = 1.75
LUMP_PER_MEDIAN = 4.2
"""Of a line: the mean quantity, and the mean of its square by the mean, relative to the product's median."""
TRANSIT = {1500: 1.5, 1600: 2.5, 2500: 11.0, 3500: 5.5}
"""Business days from the wish for a finished product to its receipt at a warehouse."""
LAST_ORDER = 30
"""Days before the end of sales, and the lead time before that: nothing more is ordered."""
SLOWEST, FASTER, STEADY = 0.08, 0.32, 6.0
"""The weight of a month's news: of a product that sells nothing, what is added for a fast seller, and half of that at so
many lines a month."""


@dataclass(frozen=True)
class Bills:
    """Bills of material as places of the stock: the components of the product at place p are ``first[p]`` to ``first[p + 1]``."""

    first: Ints
    product: Ints
    component: Ints
    pieces: Ints

    @staticmethod
    def of(world: World, stock: Stock, plant: Ints) -> "Bills":
        """The bills of the products at the plants; ``plant``: the place of each product at its plant."""
        bills = world.state["bill_of_material"]
        made = bills.join(
            world.state["product"].select("material", pl.col("plant").alias("site")),
            on="material",
            how="left",
            maintain_order="left",
        )
        site = made["site"].to_numpy()
        product = stock.places(made["material"].to_numpy(), site)
        component = stock.places(made["component"].to_numpy(), site)
        order = np.lexsort((component, product))
        product, component, pieces = product[order], component[order], made["quantity"].to_numpy()[order]
        return Bills(np.searchsorted(product, np.arange(len(plant) + 1)), product, component, pieces)

    def explode(self, products: Ints) -> tuple[Ints, Ints]:
        """For each of ``products`` (places) its bill's lines: the place in ``products``, and the line."""
        count = self.first[products + 1] - self.first[products]
        owner = np.repeat(np.arange(len(products)), count)
        line = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + self.first[products][owner]
        return owner, line


@dataclass
class Plan:
    """How each place is replenished this month: arrays over the places of the stock.

    ``plant``: for finished products the place at the plant that makes them, itself there; −1 for what is bought.
    ``echelon``: for finished products at the plant the stock in the whole network below which the plant makes a lot.
    ``is_active``: whether more is wanted at all.
    """

    plant: Ints
    is_bought: Mask
    is_active: Mask
    mean: Floats
    safety: Ints
    reorder: Ints
    lot: Ints
    echelon: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def is_at_plant(self) -> Mask:
        """Whether the place is where a finished product is made."""
        return np.asarray(self.plant == np.arange(len(self.plant)), dtype=np.bool_)


def season(month: Month) -> float:
    """What planners expect of the weeks to come, relative to an average month."""
    return (DEMAND.months[month.number - 1] + DEMAND.months[month.number % 12]) / 2


def expected(world: World, places: pl.DataFrame) -> pl.DataFrame:
    """``places`` (material, site) with mean and lump, expected from the popularity of the products."""
    product = world.state["product"]
    sold = product.filter((pl.col("kind") != "ROH") & (pl.col("launched") <= world.month.last))
    years = max((world.month.first - Month(0).first) / 365.25, 0.0)
    growth = (1 + DEMAND.yearly_growth) ** (years - (Month(36).first - Month(0).first) / 365.25 / 2)
    lines_a_day = world.scale.order_lines / BUSINESS_DAYS * growth
    share = places.select("material", "site").join(
        pl.DataFrame(_site_shares(world), schema={"site": pl.Int32, "share": pl.Float64}),
        on="site",
        how="left",
        maintain_order="left",
    )
    about = share.join(
        product.select("material", "popularity", "median_quantity"), on="material", how="left", maintain_order="left"
    )
    lines = about["popularity"] / float(sold["popularity"].sum()) * lines_a_day * about["share"].fill_null(0.0)
    return places.with_columns(
        (lines * about["median_quantity"] * QUANTITY_PER_MEDIAN).alias("mean"),
        (about["median_quantity"] * LUMP_PER_MEDIAN).cast(pl.Float64).alias("lump"),
    )


def _site_shares(world: World) -> dict[str, list[int] | list[float]]:
    party = world.state.get("party")
    if party is None or world.month.index > 0:
        return {"site": list(DEFAULT_SHARE), "share": list(DEFAULT_SHARE.values())}
    active = party.filter((pl.col("customer_from") <= world.month.last) & (pl.col("gone_day") > world.month.first))
    total = float(active["weight"].sum()) or 1.0
    share = [0.85 * float(active.filter(pl.col("site") == site)["weight"].sum()) / total for site in WAREHOUSES]
    return {
        "site": list(WAREHOUSES),
        "share": [part + 0.15 * DEFAULT_SHARE[site] for site, part in zip(WAREHOUSES, share, strict=True)],
    }


def plan(world: World, stock: Stock) -> tuple[Plan, Bills]:
    """Find the stock levels of the month for every place."""
    product = stock.frame.select("material", "site", "mean", "lump").join(
        world.state["product"].select("material", "kind", "withdrawn", "plant", "lead_days", "price_unit", "launched"),
        on="material", how="left", maintain_order="left",
    )  # fmt: skip
    count = product.height
    kind = product["kind"].to_numpy()
    is_made, is_component = kind == "FERT", kind == "ROH"
    at_plant = product["plant"].fill_null(0).to_numpy()
    plant = np.full(count, -1, dtype=np.int64)
    plant[is_made] = np.searchsorted(stock.key, keys(stock.material[is_made], at_plant[is_made]))
    is_source = plant == np.arange(count)
    bills = Bills.of(world, stock, plant)
    days_left = product["withdrawn"].fill_null(2**30).to_numpy() - world.month.first
    is_active = days_left > product["lead_days"].to_numpy() + LAST_ORDER
    mean = product["mean"].to_numpy() * season(world.month)
    lump = np.maximum(product["lump"].to_numpy(), 1.0)
    lead = product["lead_days"].to_numpy() * 5 / 7 + 1.5
    transit = product["site"].replace_strict(TRANSIT, default=0.0, return_dtype=pl.Float64).to_numpy()
    lead = np.where(is_made & ~is_source, transit, lead)
    unit = product["price_unit"].to_numpy()
    value = stock.price / unit  # of a piece, minor units

    # Warehouses first: what they may ask for in one go is what a plant must have at hand.
    days = np.clip(60.0 / np.sqrt(np.maximum(mean * value / 100, 1.0)) * 4, 4, 45)
    days = np.where(is_made & ~is_source, np.minimum(days, 12), days)
    lot = _lots(np.maximum(mean * days, np.where(mean > 0, lump * 0.8, 0)), unit)
    noise = np.sqrt(np.maximum(mean * lead * lump, 0))
    safety = SERVICE_FACTOR * noise + FORECAST_ERROR * mean * lead + np.where(mean > 0, 0.9 * lump, 0)

    # What is made is wanted by all warehouses together, and by lots.
    total = np.bincount(plant[is_made], mean[is_made], count)
    lumps = np.bincount(plant[is_made], (mean * lump)[is_made], count)
    of_sources = np.flatnonzero(is_source)
    mean[of_sources] += total[of_sources]
    lump[of_sources] = np.maximum(lumps[of_sources] / np.maximum(total[of_sources], 1e-12), 1.0)
    make_days = np.clip(60.0 / np.sqrt(np.maximum(mean * value / 100, 1.0)) * 3, 5, 25)
    lot[of_sources] = _lots(np.maximum(mean * make_days, lump), unit)[of_sources]
    noise[of_sources] = np.sqrt(mean * lead * lump)[of_sources]
    safety[of_sources] = (SERVICE_FACTOR * 0.8 * noise + FORECAST_ERROR * mean * lead)[of_sources]

    # Components are wanted in the lots of the products.
    per_day = np.bincount(bills.component, mean[bills.product] * bills.pieces, count)
    batch = (lot[bills.product] * bills.pieces).astype(np.float64)
    batches = np.bincount(bills.component, mean[bills.product] * bills.pieces * batch, count)
    largest = np.zeros(count)
    np.maximum.at(largest, bills.component, batch)
    parts = np.flatnonzero(is_component)
    mean[parts] = per_day[parts] * 1.04  # scrap
    lump[parts] = np.maximum(batches[parts] / np.maximum(per_day[parts], 1e-12), 1.0)
    buy_days = np.clip(60.0 / np.sqrt(np.maximum(mean * value / 100, 1.0)) * 4, 5, 45)
    lot[parts] = _lots(np.maximum(mean * buy_days, largest), unit)[parts]
    safety[parts] = (1.3 * np.sqrt(mean * lead * lump) + FORECAST_ERROR * mean * lead + 0.5 * largest)[parts]

    reorder = _whole(mean * lead + safety, unit)
    safety_stock = _whole(safety, unit)
    # A plant looks at the whole network: its own lead time on top of what the warehouses hold.
    below = np.bincount(plant[is_made & ~is_source], (reorder + 0.5 * lot)[is_made & ~is_source], count)
    echelon = np.where(is_source, _whole(below + (mean * lead + safety), unit), 0)
    return Plan(plant, ~is_made, is_active, mean, safety_stock, reorder, lot, echelon), bills


def _lots(wanted: Floats, unit: Ints) -> Ints:
    """``wanted`` rounded up to quantities that people order: two significant digits of price units; at least one."""
    units = np.maximum(np.ceil(wanted / unit), 1.0)
    step = np.maximum(10.0 ** (np.floor(np.log10(units)) - 1), 1.0)
    return (np.ceil(units / step) * step).astype(np.int64) * unit


def _whole(wanted: Floats, unit: Ints) -> Ints:
    return np.ceil(np.maximum(wanted, 0) / unit).astype(np.int64) * unit


def learn(
    world: World, stock: Stock, quantity: Floats, squares: Floats, lines: Floats, rows: pl.DataFrame
) -> pl.DataFrame:
    """``rows`` (STOCK) with mean and lump smoothed with the month's demand by place.

    Simple exponential smoothing of the demand of a business day, without the season; fast sellers learn faster.
    """
    days = len(stock.days)
    mean, lump = rows["mean"].to_numpy(), rows["lump"].to_numpy()
    seen = quantity / days / DEMAND.months[world.month.number - 1]
    expected_lines = mean * days / np.maximum(lump * QUANTITY_PER_MEDIAN / LUMP_PER_MEDIAN, 1e-9)
    weight = SLOWEST + FASTER * expected_lines / (expected_lines + STEADY)
    weight *= 1 + 0.8 * np.exp2(-world.month.index / 3)  # at first there is little experience to weigh against it
    launched = world.state["product"].select("material", "launched")
    since = (
        rows.select("material").join(launched, on="material", how="left", maintain_order="left")["launched"].to_numpy()
    )
    weight = np.where(since > world.month.first, 0.0, weight)
    evidence = lines / (lines + 48.0)
    new_lump = np.where(quantity > 0, squares / np.maximum(quantity, 1), lump)
    return rows.with_columns(
        pl.Series("mean", np.maximum(mean + weight * (seen - mean), 0.0)),
        pl.Series("lump", np.maximum(lump + evidence * (new_lump - lump), 1.0)),
    )


def emit(world: World, rows: pl.DataFrame, *, on: int, operation: str) -> None:
    """Emit ``rows`` (STOCK) as MARC: by reorder point, made in house (E) or bought (F)."""
    product = world.state["product"].select("material", "kind", "plant", "lead_days", "withdrawn")
    about = rows.join(product, on="material", how="left", maintain_order="left")
    is_made = (pl.col("kind") == "FERT") & (pl.col("plant") == pl.col("site"))
    transit = pl.col("site").replace_strict(TRANSIT, default=0.0, return_dtype=pl.Float64).ceil().cast(pl.Int64)
    is_transferred = (pl.col("kind") == "FERT") & ~is_made
    world.emit(
        "sap/MARC",
        about.select(
            pl.col("material").alias("MATNR"), pl.col("site").alias("WERKS"), pl.lit("VB").alias("DISMM"),
            pl.when(is_made).then(pl.lit("E")).otherwise(pl.lit("F")).alias("BESKZ"), pl.col("reorder").alias("MINBE"),
            pl.col("safety").alias("EISBE"), pl.col("lot").alias("BSTMI"),
            pl.when(is_transferred).then(transit).otherwise("lead_days").alias("PLIFZ"),
            pl.col("withdrawn").is_not_null().and_(pl.col("withdrawn") < on).fill_null(value=False).alias("LVORM"),
        ),
        on=on, operation=operation,
    )  # fmt: skip
