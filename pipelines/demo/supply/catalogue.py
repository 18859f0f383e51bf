"""The catalogue: what the company makes, trades and buys, what it costs and what the price list says."""

from datetime import date
from functools import cache
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import Month, business_day, day_number
from pipelines.demo.demand import DEMAND
from pipelines.demo.finance.rates import FIRST, rates
from pipelines.demo.supply import bills_of_material, suppliers
from pipelines.demo.supply.material_groups import COMPONENT_GROUPS, GROUPS, PLANTS, Group
from pipelines.demo.world import World

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FIRST_MATERIAL = 100_001
FIRST_COMPONENT = 400_001
HISTORY_MONTHS = 36
LAUNCHED_SHARE = 0.13
"""Of all products at the end of the history: launched within it. Launches go on after it."""
MONTHS_AHEAD = 2
"""A product is in the ERP so many months before its launch, so that stock can be built up."""
COMPONENT_SHARE = 0.3
FEWEST_COMPONENTS = 15
WITHDRAWN_A_MONTH = 0.0018
MARGIN = (0.24, 0.52)
COST_RISE = (0.023, 0.02)
"""Mean and spread of the yearly change of a cost."""

PRODUCT = pl.Schema({
    "material": pl.Int64, "kind": pl.String, "category": pl.String, "name_en": pl.String, "name_de": pl.String,
    "unit": pl.String, "launched": pl.Int32, "withdrawn": pl.Int32, "list_price": pl.Int64, "price_unit": pl.Int64,
    "popularity": pl.Float64, "median_quantity": pl.Int64, "plant": pl.Int32, "supplier": pl.Int64, "lead_days": pl.Int64,
})  # fmt: skip
"""The state ``product``. ROH have a plant too: the only one that uses them."""


def found(world: World) -> None:
    """Fill the states ``product``, ``bill_of_material`` (material, component, quantity, from_day) and ``cost``, and emit them.

    ``cost``: material, cost: minor units of EUR for price_unit units at this year's level: the standard price of FERT, the usual
    purchase price of HAWA and ROH.
    """
    rng = world.founding_rng("catalogue")
    first = world.month.first
    components, component_cost = _components(world, rng)
    world.state["product"] = components
    world.state["cost"] = component_cost
    world.state["bill_of_material"] = pl.DataFrame(
        schema={"material": pl.Int64, "component": pl.Int64, "quantity": pl.Int64, "from_day": pl.Int32}
    )
    known = created(world.scale.products, -1)
    older = created(world.scale.products, -1 - MONTHS_AHEAD)
    launched = first - rng.integers(40, 4000, known)
    ahead = Month(MONTHS_AHEAD).first - first
    launched[older:] = first + rng.integers(1, ahead, known - older)  # created already, on the market soon
    _create(world, rng, np.arange(known), launched, on=first)
    _emit_materials(world, components, first)
    groups = (*GROUPS, *COMPONENT_GROUPS)
    texts = [
        (language, group.code, text)
        for group in groups
        for language, text in (("E", group.english), ("D", group.german))
    ]
    world.emit("sap/T023T", pl.DataFrame(texts, schema=["SPRAS", "MATKL", "WGBEZ"], orient="row"), on=first)


def live(world: World) -> None:
    """Create the month's new products, announce withdrawals, and raise costs in January."""
    rng = world.rng("catalogue")
    if world.month.number == 1 and world.month.index > 0:
        _raise_costs(world, rng)
    _withdraw(world, rng)
    have, want = created(world.scale.products, world.month.index - 1), created(world.scale.products, world.month.index)
    if want > have:
        target = Month(world.month.index + MONTHS_AHEAD)
        launched = rng.integers(target.first, target.last + 1, want - have)
        _create(world, rng, np.arange(have, want), launched, on=creation_day(world.month))


def creation_day(month: Month) -> int:
    """The day on which the month's new products get their master data: its first business day."""
    return int(business_day(month.days[:1])[0])


def created(products: int, month: int) -> int:
    """How many products of all have been created by the end of the month ``month`` (index; −1 before the history)."""
    steps = month + 1 + MONTHS_AHEAD
    return max(
        products - round(products * LAUNCHED_SHARE) + int(steps * products * LAUNCHED_SHARE / HISTORY_MONTHS), 20
    )


def list_price(world: World, materials: Ints, days: npt.NDArray[np.integer], currencies: pl.Series) -> Ints:
    """List prices, row by row: minor units of the currency for price_unit units, on the price list of the day's year.

    A price list in another currency is made from the one in EUR with the year's list rate.
    Raises KeyError for an unknown material.
    """
    product = world.state["product"].sort("material")
    numbers = product["material"].to_numpy()
    place = np.searchsorted(numbers, materials)
    if len(materials) and (place.max() >= len(numbers) or (numbers[place] != materials).any()):
        raise KeyError("a material that is not in the catalogue")
    in_2026 = product["list_price"].fill_null(0).to_numpy()[place]
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    factor = np.ones(len(materials))
    for year in np.unique(years).tolist():
        for currency in currencies.unique().sort().to_list():
            rows = (years == year) & (currencies == currency).to_numpy()
            factor[rows] = DEMAND.price_level(year) / list_rate(world.seed, currency, year)
    return np.maximum(np.floor(in_2026 * factor + 0.5), 1).astype(np.int64)


@cache
def list_rate(seed: int, currency: str, year: int) -> float:
    """EUR minor units for a minor unit of ``currency`` in the price lists of ``year``: January's first rate, two digits kept."""
    if currency == "EUR":
        return 1.0
    day = max(day_number(date(year, 1, 1)), FIRST)
    published = rates(seed).filter((pl.col("currency") == currency) & (pl.col("day") == day))
    rate = cast(int, published["rate"][0]) / 10**7 * (100 if currency == "JPY" else 1)
    return float(f"{rate:.2g}")


def _articles(groups: tuple[Group, ...], numbers: Ints) -> list[tuple[Group, str, str, float, float]]:
    """For articles dealt out to the groups in turn: group, German and English name, price factor, size from 0 to 1."""
    articles = []
    for number in numbers.tolist():
        row, place = divmod(number, len(groups))
        group = groups[place]
        kind, size, variant, generation = group.article(row)
        mark = f"Mk{generation + 1}" if generation else ""
        german, english = (
            " ".join(part for part in (name, group.sizes[size], suffix, mark) if part)
            for name, suffix in ((kind.german, variant.german), (kind.english, variant.english))
        )
        articles.append((group, german, english, kind.price * variant.price, size / (len(group.sizes) - 1)))
    return articles


def _components(world: World, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    count = max(FEWEST_COMPONENTS, round(world.scale.products * COMPONENT_SHARE))
    articles = _articles(COMPONENT_GROUPS, np.arange(count))
    supplier = suppliers.choose(world, rng.random(count))
    launched = world.month.first - rng.integers(200, 4500, count)
    noise = rng.lognormal(0, 0.12, count)
    noise *= 100 * DEMAND.price_level(world.month.year)  # minor units at today's level
    cost = [
        round(price(group, factor, size) * float(noise[row]))
        for row, (group, _, _, factor, size) in enumerate(articles)
    ]
    frame = pl.DataFrame({
        "material": FIRST_COMPONENT + np.arange(count),
        "kind": ["ROH"] * count,
        "category": [group.code for group, *_ in articles],
        "name_en": [english for _, _, english, _, _ in articles],
        "name_de": [german for _, german, *_ in articles],
        "unit": [group.unit for group, *_ in articles],
        "launched": launched,
        "withdrawn": [None] * count,
        "list_price": [None] * count,
        "price_unit": [1] * count,
        "popularity": np.zeros(count),
        "median_quantity": np.zeros(count, dtype=np.int64),
        "plant": np.array(PLANTS)[np.arange(count) % len(PLANTS)],
        "supplier": supplier["lifnr"],
        "lead_days": supplier["lead_days"] + rng.integers(0, 6, count),
    }).cast(PRODUCT)  # fmt: skip
    costs = pl.DataFrame({"material": frame["material"], "cost": cost}, schema={"material": pl.Int64, "cost": pl.Int64})
    return frame, costs


def price(group: Group, factor: float, size: float) -> float:
    """EUR for price_unit units of an article: between the group's smallest and largest price, times ``factor``."""
    smallest, largest = group.prices
    return float(smallest * (largest / smallest) ** size * factor)


def _create(world: World, rng: np.random.Generator, numbers: Ints, launched: Ints, *, on: int) -> None:
    """Create the products ``numbers`` (from 0), with their bills of material and costs; their rows are emitted on day ``on``."""
    count = len(numbers)
    articles = _articles(GROUPS, numbers)
    supplier = suppliers.choose(world, rng.random(count))
    listed = np.array([price(group, factor, size) for group, _, _, factor, size in articles]) * rng.lognormal(
        0, 0.07, count
    )
    listed *= 100  # minor units
    cost = listed * (1 - rng.uniform(*MARGIN, count)) * DEMAND.price_level(world.month.year)
    size = np.array([size for *_, size in articles])
    is_made = np.array([group.material_type == "FERT" for group, *_ in articles])
    popularity = rng.lognormal(0, 1.15, count) * np.where(size > 0.75, 0.6, 1.0)
    median = (
        np.array([group.quantity for group, *_ in articles]) * np.exp(rng.normal(0, 0.3, count)) * (1.25 - 0.5 * size)
    )
    price_unit = np.array([group.price_unit for group, *_ in articles])
    frame = pl.DataFrame({
        "material": FIRST_MATERIAL + numbers,
        "kind": [group.material_type for group, *_ in articles],
        "category": [group.code for group, *_ in articles],
        "name_en": [english for _, _, english, _, _ in articles],
        "name_de": [german for _, german, *_ in articles],
        "unit": [group.unit for group, *_ in articles],
        "launched": launched,
        "withdrawn": [None] * count,
        "price_unit": price_unit,
        "popularity": popularity,
        "median_quantity": np.maximum(np.rint(median / price_unit), 1).astype(np.int64) * price_unit,
        "plant": np.where(is_made, np.array(PLANTS)[(numbers // len(GROUPS)) % len(PLANTS)], 0),
        "supplier": np.where(is_made, 0, supplier["lifnr"].to_numpy()),
        "lead_days": np.where(is_made, rng.integers(3, 11, count), supplier["lead_days"].to_numpy() + rng.integers(0, 6, count)),
    }).with_columns(pl.col("plant", "supplier").replace(0, None))  # fmt: skip
    components = (
        world.state["product"]
        .filter(pl.col("kind") == "ROH")
        .join(world.state["cost"], on="material", maintain_order="left")
    )
    made = frame.filter(is_made)
    bills = bills_of_material.design(rng, made.select("material", "plant"), cost[is_made], components, on)
    used = frame.join(
        bills_of_material.material_cost(bills, components), on="material", how="left", maintain_order="left"
    )
    # What is built from dear components costs more than it was designed for, and is sold for more.
    lowest = used["material_cost"].fill_null(0).to_numpy() / 0.75
    stretch = np.maximum(cost, lowest) / cost
    in_2026 = np.floor(listed * stretch / 10 + 0.5).astype(np.int64) * 10
    cost_now = np.maximum(np.floor(cost * stretch + 0.5), 1).astype(np.int64)
    products = (
        frame.with_columns(pl.Series("list_price", np.maximum(in_2026, 10))).select(PRODUCT.names()).cast(PRODUCT)
    )
    costs = pl.DataFrame(
        {"material": frame["material"], "cost": cost_now}, schema={"material": pl.Int64, "cost": pl.Int64}
    )
    world.state["product"] = pl.concat([world.state["product"], products]).sort("material")
    world.state["cost"] = pl.concat([world.state["cost"], costs]).sort("material")
    world.state["bill_of_material"] = pl.concat([world.state["bill_of_material"], bills])
    _emit_materials(world, products, on)
    bills_of_material.emit(world, bills, components.select("material", "unit"), on)


def _emit_materials(world: World, products: pl.DataFrame, on: int) -> None:
    world.emit("sap/MARA", materials(products, created_on=on), on=on)
    for language, name in (("E", "name_en"), ("D", "name_de")):
        texts = products.select(
            pl.col("material").alias("MATNR"), pl.lit(language).alias("SPRAS"), pl.col(name).alias("MAKTX")
        )
        world.emit("sap/MAKT", texts, on=on)


def materials(products: pl.DataFrame, created_on: int) -> pl.DataFrame:
    """Rows of MARA; what is launched later was created on day ``created_on``, the rest on the day of its launch."""
    heaviest = {group.code: group.weight for group in (*GROUPS, *COMPONENT_GROUPS)}
    spread = (pl.col("material") * 2654435761 % 1000) / 1000  # weights need no random numbers of their own
    smallest, largest = (
        pl.col("category").replace_strict({code: float(weight[place]) for code, weight in heaviest.items()})
        for place in (0, 1)
    )
    return products.select(
        pl.col("material").alias("MATNR"),
        pl.min_horizontal("launched", pl.lit(created_on, dtype=pl.Int32)).alias("ERSDA"),
        pl.col("kind").alias("MTART"),
        pl.col("category").alias("MATKL"),
        pl.col("unit").alias("MEINS"),
        (smallest * (largest / smallest) ** spread).round().cast(pl.Int64).alias("NTGEW"),
        pl.lit("KG").alias("GEWEI"),
        pl.when(pl.col("withdrawn").is_not_null()).then(pl.lit("01")).alias("MSTAE"),
        pl.lit(value=False).alias("LVORM"),
    )


def _withdraw(world: World, rng: np.random.Generator) -> None:
    """Announce withdrawals: MSTAE 01 now (no more purchases), MSTAE 02 and LVORM on the day that sales end."""
    product = world.state["product"]
    eligible = (
        pl.col("list_price").is_not_null()
        & pl.col("withdrawn").is_null()
        & (pl.col("launched") < world.month.first - 365)
    )
    uniform, days, announced = rng.random(product.height), rng.integers(40, 130, product.height), rng.integers(1, 28)
    by_category = product.select(pl.len().over("category"))["len"].to_numpy()
    leaves = product.select(eligible).to_series().to_numpy() & (uniform < WITHDRAWN_A_MONTH) & (by_category > 3)
    if not leaves.any():
        return
    withdrawn = pl.Series(np.where(leaves, world.month.last + days, 0), dtype=pl.Int32)
    product = product.with_columns(pl.when(pl.Series(leaves)).then(withdrawn).otherwise("withdrawn").alias("withdrawn"))
    world.state["product"] = product
    gone = product.filter(leaves)
    first_seen = materials(gone, created_on=world.month.first)
    announced_on = world.month.first + int(announced)
    world.emit("sap/MARA", first_seen, on=announced_on, operation="U")
    ended = first_seen.with_columns(
        pl.lit("02").alias("MSTAE"), pl.lit(value=True).alias("LVORM"), gone["withdrawn"].alias("_on")
    )
    world.emit("sap/MARA", ended, operation="U")


def _raise_costs(world: World, rng: np.random.Generator) -> None:
    cost = world.state["cost"]
    rise = 1 + np.clip(rng.normal(*COST_RISE, cost.height), -0.03, 0.09)
    new = np.maximum(np.floor(cost["cost"].to_numpy() * rise + 0.5), 1).astype(np.int64)
    world.state["cost"] = cost.with_columns(pl.Series("cost", new))
