"""Sales orders: what the customers order, how orders change before they are due, and what supply must ship."""

from functools import cache

import numpy as np
import polars as pl

from pipelines.demo.calendar import HISTORY_END, HISTORY_START, Days, business_day, day_number
from pipelines.demo.demand import DEMAND
from pipelines.demo.drawing import Floats, Places, weighted, weighted_within
from pipelines.demo.finance.chart_of_accounts import COMPANIES, currency_of
from pipelines.demo.finance.rates import convert
from pipelines.demo.supply.catalogue import list_price
from pipelines.demo.world import World

FIRST_ORDER, LAST_ORDER = 10_000_001, 59_999_999
MEAN_LINES = 3.0
FAVOURITE_SHARE = 0.6
QUANTITY_SIGMA = 0.9
SEGMENT_QUANTITY = {"A": 2.2, "B": 1.2, "C": 0.7}
LATE_ENTRY_SHARE = 0.05  # typed in one to three days after the customer's date
CHANGED_ORDER_SHARE = 0.03
REJECTED_AT_ONCE_SHARE = 0.008
REASONS = np.array(["00", "01", "02", "61"])

DEMAND_SCHEMA = {"line": pl.Int64, "material": pl.Int64, "site": pl.Int32, "due_day": pl.Int32, "quantity": pl.Int64}


@cache
def orders_a_day(order_lines: int) -> float:
    """Mean orders on a day of level 1, so that about ``order_lines`` lines are ordered in the history."""
    days = np.arange(day_number(HISTORY_START), day_number(HISTORY_END) + 1, dtype=np.int32)
    return order_lines / MEAN_LINES / float(DEMAND.level(days).sum())


def expected_revenue(world: World) -> pl.DataFrame:
    """What the companies may expect to sell in the first month: company, revenue_month (minor units of its currency)."""
    goods = world.state["product"].filter(pl.col("list_price").is_not_null())
    popularity = goods["popularity"].to_numpy()
    units = goods["median_quantity"].to_numpy() / goods["price_unit"].to_numpy()
    worth = np.average(np.maximum(units, 1) * goods["list_price"].to_numpy(), weights=popularity)
    worth *= np.exp(QUANTITY_SIGMA**2 / 2) * DEMAND.price_level(HISTORY_START.year)
    month_level = float(DEMAND.level(world.month.days).sum())
    lines = orders_a_day(world.scale.order_lines) * MEAN_LINES * month_level
    buyers = world.state["party"].filter(
        pl.col("customer_from").is_not_null()
        & (pl.col("customer_from") < world.month.last)
        & (pl.col("gone_day") > world.month.first)
    )
    size = pl.col("segment").replace_strict(SEGMENT_QUANTITY, return_dtype=pl.Float64)
    share = (pl.col("weight") * size * (1 - pl.col("discount"))).sum() / buyers["weight"].sum()
    shares = buyers.group_by("company", maintain_order=True).agg(share.alias("revenue")).sort("company")
    expected = shares.with_columns(
        (pl.col("revenue") * worth * lines).round().cast(pl.Int64).alias("eur"), pl.lit("EUR").alias("from")
    )
    expected = expected.with_columns(
        currency_of().alias("to"),
        pl.lit(world.month.first).alias("day"),
    )
    return convert(world.seed, expected, "eur", "from", "to", "day", "revenue_month").select("company", "revenue_month")


def live(world: World) -> pl.DataFrame:
    """Take the orders of the month, emit them, and return the lines that supply must ship: DEMAND_SCHEMA."""
    rng = world.rng("sales_orders")
    buyers = world.state["party"].filter(pl.col("customer_from").is_not_null()).sort("party")
    goods = world.state["product"].filter(pl.col("list_price").is_not_null()).sort("category", "material")
    drawn = _drawn_lines(world, rng, buyers, goods)
    planned = _planned_lines(world, buyers, goods)
    lines = pl.concat([drawn, planned.select(drawn.columns)])
    lines = _addressed(world, rng, lines, buyers, goods)
    lines = _changed(rng, lines)
    _emit(world, lines)
    _record_truth(world, lines)
    kept = lines.filter(pl.col("final_quantity") > 0)
    kept = kept.with_columns(pl.col("final_quantity").alias("quantity"))
    _remember(world, kept)
    return kept.select([pl.col(name).cast(kind) for name, kind in DEMAND_SCHEMA.items()])


def _drawn_lines(world: World, rng: np.random.Generator, buyers: pl.DataFrame, goods: pl.DataFrame) -> pl.DataFrame:
    """Repeat business: a row a line with order (temporary, from 0), day, buyer and product as places, price null."""
    days = world.month.days
    counts = rng.poisson(orders_a_day(world.scale.order_lines) * DEMAND.level(days))
    born = buyers["customer_from"].to_numpy()
    gone = buyers["gone_day"].to_numpy()
    age = np.maximum(days[0] - born, 0) / 365.25
    weight = buyers["weight"].to_numpy() * (1 + buyers["growth"].to_numpy()) ** np.minimum(age, 8)
    order_uniform = rng.random(int(counts.sum()))
    further = rng.poisson(np.maximum(buyers["lines_mean"].to_numpy().mean() - 1, 0.1), len(order_uniform))
    buyer = np.zeros(len(order_uniform), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)])
    active = np.zeros(len(order_uniform), dtype=bool)
    for place, day in enumerate(days):
        today = slice(starts[place], starts[place + 1])
        open_to_buy = weight * ((born < day) & (day < gone))
        if open_to_buy.any():
            buyer[today] = weighted(order_uniform[today], open_to_buy)
            active[today] = True
    order = np.repeat(np.arange(len(order_uniform)), 1 + further)
    order = order[active[order]]
    day = np.repeat(days, counts)[order]
    product = _chosen_products(rng, day, buyers["party"].to_numpy()[buyer[order]], goods)
    segment = buyers["segment"].replace_strict(SEGMENT_QUANTITY, return_dtype=pl.Float64).to_numpy()
    median = goods["median_quantity"].to_numpy()[product] * segment[buyer[order]]
    price_unit = goods["price_unit"].to_numpy()[product]
    units = np.maximum(1, np.rint(median * rng.lognormal(0, QUANTITY_SIGMA, len(order)) / price_unit)).astype(np.int64)
    lines = pl.DataFrame({
        "order": order, "day": day, "party": buyers["party"].to_numpy()[buyer[order]],
        "material": goods["material"].to_numpy()[product], "quantity": units * price_unit,
        "haggling": rng.uniform(0.98, 1.02, len(order)),
    })  # fmt: skip
    return _priced(world, lines, buyers, goods).with_columns(
        pl.lit(None, pl.String).alias("quote_number"), pl.lit(None, pl.String).alias("opportunity_id")
    )


def _chosen_products(rng: np.random.Generator, day: Days, party: Places, goods: pl.DataFrame) -> Places:
    """Places in ``goods`` (sorted by category): by popularity, more often in the two categories that a customer favours."""
    uniform, fancy, which = rng.random(len(day)), rng.random(len(day)), rng.integers(0, 2, len(day))
    categories = goods["category"].unique().sort()
    category = goods["category"].cast(pl.Enum(categories)).to_physical().to_numpy().astype(np.int64)
    favourite = (party * 7 + which * (3 + party % 4)) % len(categories)
    launched = goods["launched"].to_numpy()
    withdrawn = goods["withdrawn"].fill_null(2**31 - 1).to_numpy()
    popularity = goods["popularity"].to_numpy()
    chosen = np.zeros(len(day), dtype=np.int64)
    for today in np.unique(day):
        rows = np.flatnonzero(day == today)
        weights = popularity * ((launched <= today) & (today < withdrawn)) * promotion(goods["category"], int(today))[0]
        anywhere = weighted(uniform[rows], weights)
        sold = np.bincount(category, weights, minlength=len(categories)) > 0
        at_home = weighted_within(uniform[rows], favourite[rows], category, weights)
        chosen[rows] = np.where((fancy[rows] < FAVOURITE_SHARE) & sold[favourite[rows]], at_home, anywhere)
    return chosen


def promotion(category: pl.Series, day: int) -> tuple[Floats, Floats]:
    """For each of ``category`` how many times as well it sells on ``day``, and the share of the price that is left."""
    date = np.datetime64(int(day), "D")
    year_month = date.astype("datetime64[M]")
    month, day_of_month = int(year_month.astype(int) % 12) + 1, int((date - year_month).astype(int)) + 1
    uplift, left = np.ones(len(category)), np.ones(len(category))
    for offer in DEMAND.promotions:
        if offer.month == month and offer.start <= day_of_month < offer.start + offer.days:
            is_meant = (category == offer.category).to_numpy()
            uplift[is_meant] = offer.uplift
            left[is_meant] = 1 - offer.discount
    return uplift, left


def _priced(world: World, lines: pl.DataFrame, buyers: pl.DataFrame, goods: pl.DataFrame) -> pl.DataFrame:
    """Add ``price``: minor units of the party's currency for price_unit units, after discount and promotion."""
    terms = buyers.select("party", "currency", "discount")
    lines = lines.join(terms, on="party", how="left", maintain_order="left")
    lines = lines.join(
        goods.select("material", "category", "price_unit"), on="material", how="left", maintain_order="left"
    )
    listed = list_price(world, lines["material"].to_numpy(), lines["day"].to_numpy(), lines["currency"])
    offers = [
        pl.DataFrame({"category": pl.Series(kinds), "day": pl.Series([day] * len(kinds), dtype=pl.Int32), "left": left})
        for kinds in [goods["category"].unique().sort()]
        for day in world.month.days.tolist()
        for left in [promotion(kinds, day)[1]]
    ]
    lines = lines.join(pl.concat(offers), on=["category", "day"], how="left", maintain_order="left")
    factor = (1 - lines["discount"].to_numpy()) * lines["left"].to_numpy() * lines["haggling"].to_numpy()
    price = np.maximum(1, np.floor(np.asarray(listed) * factor + 0.5)).astype(np.int64)
    return lines.with_columns(pl.Series("price", price)).drop(
        "discount", "left", "haggling", "currency", "category", "price_unit"
    )


def _planned_lines(world: World, buyers: pl.DataFrame, goods: pl.DataFrame) -> pl.DataFrame:
    """The orders that won opportunities bring this month, taken out of the plan; order numbers from a million up."""
    planned = world.state["planned_order"]
    due = pl.col("order_day").is_between(world.month.first, world.month.last)
    mine = planned.filter(due).join(buyers.select("party"), on="party", how="semi", maintain_order="left")
    world.state["planned_order"] = planned.filter(pl.col("order_day") > world.month.last)
    mine = mine.with_row_index("order", offset=10**9).with_columns(pl.col("order").cast(pl.Int64))
    all_lines = world.state["planned_line"]
    lines = all_lines.join(mine, on="opportunity_id", how="inner", maintain_order="left")
    lines = lines.join(goods.select("material"), on="material", how="semi", maintain_order="left").sort(
        "order", "position"
    )
    world.state["planned_line"] = all_lines.join(
        world.state["planned_order"], on="opportunity_id", how="semi", maintain_order="left"
    )
    return lines.rename({"order_day": "day"})


def _addressed(
    world: World, rng: np.random.Generator, lines: pl.DataFrame, buyers: pl.DataFrame, goods: pl.DataFrame
) -> pl.DataFrame:
    """Add everything that the order and the line say: numbers, sold-to and ship-to, dates, site, currency, tax."""
    lines = lines.sort("day", "order", maintain_order=True)
    orders = lines.select("order", "day", "party").unique("order", keep="first", maintain_order=True)
    count = orders.height
    numbers = world.numbers("order", count, first=FIRST_ORDER, last=LAST_ORDER)
    about = orders.select("party").join(buyers, on="party", how="left", maintain_order="left")
    sold_to, ship_to = _partners(world, rng, orders)
    day = orders["day"].to_numpy()
    kind = rng.random(count)
    lead = np.where(
        kind < 0.6,
        rng.integers(1, 6, count),
        np.where(kind < 0.9, rng.integers(6, 21, count), rng.integers(21, 61, count)),
    )
    late = np.where(rng.random(count) < LATE_ENTRY_SHARE, rng.integers(1, 4, count), 0)
    rate = np.zeros(count, dtype=np.int64)
    company, country = about["company"].to_numpy(), about["country"].to_numpy()
    for seller in COMPANIES:
        rate = np.where((company == seller.company) & (country == seller.country), seller.tax_percent, rate)
    orders = orders.with_columns(
        pl.Series("vbeln", numbers), pl.Series("sold_to", sold_to), pl.Series("ship_to", ship_to),
        pl.Series("ordered", np.maximum(day - late, day_number(HISTORY_START)).astype(np.int32)),
        pl.Series("due_day", business_day(day + lead)), pl.Series("tax_percent", rate),
        about["company"], about["site"], about["currency"], about["terms"], about["country"],
        pl.Series("customer_reference", rng.integers(10**5, 10**7, count)),
        pl.Series("change_draw", rng.random(count)), pl.Series("change_after", rng.random(count)),
    ).drop("day", "party")  # fmt: skip
    lines = lines.join(orders, on="order", how="left", maintain_order="left")
    about_goods = goods.select("material", "category", "unit", "price_unit", pl.col("kind").alias("material_kind"))
    lines = lines.join(about_goods, on="material", how="left", maintain_order="left")
    return lines.with_columns(
        pl.Series("line", world.numbers("line", lines.height)),
        (pl.int_range(pl.len()).over("order") * 10 + 10).alias("posnr"),
        (pl.col("quantity") // pl.col("price_unit") * pl.col("price")).alias("amount"),
    )


def _partners(world: World, rng: np.random.Generator, orders: pl.DataFrame) -> tuple[Places, Places]:
    """The sold-to of each order, and its ship-to: another address for those sold-tos that have one."""
    numbers = world.state["customer_number"].filter(pl.col("from_day") <= world.month.last)
    numbers = numbers.with_columns(pl.col("until_day").fill_null(2**31 - 1)).filter(
        pl.col("until_day") > world.month.first
    )
    sold_tos = numbers.filter(pl.col("role") == "sold_to").sort("party", "kunnr")
    ship_tos = numbers.filter(pl.col("role") == "ship_to").sort("sold_to", "kunnr")
    uniform, other, chosen = rng.random(orders.height), rng.random(orders.height), rng.random(orders.height)
    place = weighted_within(
        uniform, orders["party"].to_numpy(), sold_tos["party"].to_numpy(), sold_tos["share"].to_numpy()
    )
    if (place < 0).any():
        party = orders["party"].to_numpy()[place < 0][0]
        raise ValueError(f"Party {party} orders and has no customer number.")
    sold_to = sold_tos["kunnr"].to_numpy()[place]
    elsewhere = weighted_within(chosen, sold_to, ship_tos["sold_to"].to_numpy(), ship_tos["share"].to_numpy())
    has = (elsewhere >= 0) & (other < 0.7)
    ship_to = sold_to.copy()
    ship_to[has] = ship_tos["kunnr"].to_numpy()[elsewhere[has]]
    return sold_to, ship_to


def _changed(rng: np.random.Generator, lines: pl.DataFrame) -> pl.DataFrame:
    """Decide which orders change once before they are due, and what becomes of their lines.

    Adds change_day (null: none), fate ("kept", "resized", "rejected", "deleted"), reason and final_quantity (0: nothing to ship).
    """
    size = lines.height
    draw, factor = rng.random(size), rng.choice([0.5, 0.8, 1.25, 1.5, 2.0], size)
    reason = REASONS[rng.integers(0, len(REASONS), size)]
    at_once = rng.random(size) < REJECTED_AT_ONCE_SHARE
    room = pl.col("due_day") - pl.col("day") - 1
    day = pl.col("day") + 1 + (pl.col("change_after") * pl.min_horizontal(room, pl.lit(10))).floor().cast(pl.Int32)
    lines = lines.with_columns(
        pl.when((pl.col("change_draw") < CHANGED_ORDER_SHARE) & (room >= 1)).then(day).alias("change_day"),
        pl.Series("draw", draw), pl.Series("factor", factor), pl.Series("drawn_reason", reason), pl.Series("at_once", at_once),
    )  # fmt: skip
    changes = pl.col("change_day").is_not_null()
    is_cancelled = changes & (pl.col("change_draw") < 0.004)
    fate = (
        pl.when(pl.col("at_once") | is_cancelled).then(pl.lit("rejected"))
        .when(changes & (pl.col("draw") < 0.5)).then(pl.lit("resized"))
        .when(changes & (pl.col("draw") < 0.62)).then(pl.lit("rejected"))
        .when(changes & (pl.col("draw") < 0.72) & (pl.col("posnr") > 10)).then(pl.lit("deleted"))
        .otherwise(pl.lit("kept"))
    )  # fmt: skip
    resized = pl.max_horizontal(
        (pl.col("quantity") / pl.col("price_unit") * pl.col("factor")).round().cast(pl.Int64), 1
    )
    resized = pl.when(resized * pl.col("price_unit") == pl.col("quantity")).then(resized + 1).otherwise(resized)
    return lines.with_columns(fate.alias("fate")).with_columns(
        pl.when(pl.col("fate") == "resized").then(resized * pl.col("price_unit"))
        .when(pl.col("fate") == "kept").then("quantity").otherwise(0).alias("final_quantity"),
        pl.when(pl.col("fate") == "rejected").then("drawn_reason").alias("reason"),
    )  # fmt: skip


def _emit(world: World, lines: pl.DataFrame) -> None:
    """Emit VBAK and VBAP: as entered, and once more on the day of the change."""
    company = pl.col("company").cast(pl.String)
    first = lines.with_columns(
        pl.when("at_once").then(0).otherwise("amount").alias("worth"), pl.when("at_once").then("reason").alias("ABGRU")
    )
    final = lines.with_columns(
        (pl.col("final_quantity") // pl.col("price_unit") * pl.col("price")).alias("worth"),
        pl.col("reason").alias("ABGRU"),
    )
    header = [
        pl.col("vbeln").alias("VBELN"), pl.col("day").alias("ERDAT"), pl.col("ordered").alias("AUDAT"),
        pl.lit("C").alias("VBTYP"), pl.lit("TA").alias("AUART"), company.alias("VKORG"), company.alias("BUKRS_VF"),
        pl.col("sold_to").alias("KUNNR"), pl.col("currency").alias("WAERK"), pl.col("due_day").alias("VDATU"),
        pl.format("PO-{}", "customer_reference").alias("BSTNK"), pl.col("quote_number").alias("IHREZ"),
    ]  # fmt: skip
    for stage, on, operation in (
        (first, "day", "C"),
        (final.filter(pl.col("change_day").is_not_null()), "change_day", "U"),
    ):
        orders = stage.group_by("vbeln", maintain_order=True).agg(
            pl.all().exclude("worth").first(), pl.col("worth").sum()
        )
        world.emit(
            "sap/VBAK",
            orders.select(*header, pl.col("worth").alias("NETWR"), pl.col(on).alias("_on")),
            operation=operation,
        )
    item: list[pl.Expr | str] = [
        pl.col("vbeln").alias("VBELN"), pl.col("posnr").alias("POSNR"), pl.col("material").alias("MATNR"),
        pl.col("category").alias("MATKL"), pl.col("unit").alias("VRKME"), pl.col("price").alias("NETPR"),
        pl.col("price_unit").alias("KPEIN"), pl.col("site").cast(pl.String).alias("WERKS"),
        pl.col("ship_to").alias("KUNWE_ANA"), "ABGRU",
    ]  # fmt: skip
    touched = pl.col("change_day").is_not_null() & (pl.col("fate") != "kept") & ~pl.col("at_once")
    later = lines.with_columns(
        pl.when(pl.col("fate") == "resized").then("final_quantity").otherwise("quantity").alias("quantity"),
        pl.col("reason").alias("ABGRU"),
        pl.when(pl.col("fate") == "deleted").then(pl.lit("D")).otherwise(pl.lit("U")).alias("_op"),
    ).filter(touched)
    for stage, on in ((first.with_columns(pl.lit("C").alias("_op")), "day"), (later, "change_day")):
        net = pl.col("quantity") // pl.col("price_unit") * pl.col("price")
        rows = stage.select(
            *item, pl.col("quantity").alias("KWMENG"), net.alias("NETWR"), tax(net).alias("MWSBP"),
            pl.col(on).alias("_on"), "_op",
        )  # fmt: skip
        world.emit("sap/VBAP", rows)


def tax(net: pl.Expr) -> pl.Expr:
    """Value added tax on ``net`` at ``tax_percent``, rounded half up; minor units."""
    return (net * pl.col("tax_percent") + 50) // 100


def _record_truth(world: World, lines: pl.DataFrame) -> None:
    """What is truly ordered, by the day on which it is known: entries add, changes take away or add."""
    lines = lines.with_columns(pl.lit("EUR").alias("group_currency"))
    final = pl.col("final_quantity") // pl.col("price_unit") * pl.col("price")
    worth = {"entered": pl.when("at_once").then(0).otherwise("amount"), "final": final}
    lines = lines.with_columns([value.alias(name) for name, value in worth.items()])
    for name in worth:
        lines = convert(world.seed, lines, name, "currency", "group_currency", "ordered", f"{name}_group")
    month = pl.col("ordered").cast(pl.Date).dt.strftime("%Y-%m").alias("order_month")
    changed = lines.filter(pl.col("change_day").is_not_null() & ~pl.col("at_once") & (pl.col("fate") != "kept"))
    rows = [
        lines.filter(~pl.col("at_once")).select(
            pl.col("day").alias("on"),
            month,
            "company",
            pl.lit(1).alias("lines"),
            pl.col("entered_group").alias("net_amount_group"),
        ),
        changed.select(
            pl.col("change_day").alias("on"),
            month,
            "company",
            pl.when(pl.col("final_quantity") > 0).then(0).otherwise(-1).alias("lines"),
            (pl.col("final_group") - pl.col("entered_group")).alias("net_amount_group"),
        ),
    ]
    known = pl.concat([frame.with_columns(pl.col("lines").cast(pl.Int64)) for frame in rows])
    world.record(
        "order_truth", known.group_by("on", "order_month", "company").sum().sort("on", "order_month", "company")
    )
    # Nobody tells the CRM when a line of an order is resized or deleted; a line that is rejected still says what was asked for.
    parted = changed.filter(pl.col("opportunity_id").is_not_null() & pl.col("fate").is_in(["resized", "deleted"]))
    parted = parted.group_by("opportunity_id", maintain_order=True).agg(pl.col("change_day").first().alias("day"))
    world.record(
        "crm_erp_break",
        parted.select("opportunity_id", pl.lit("order_changed").alias("kind"), pl.col("day").cast(pl.Int32)),
    )


REMEMBERED = (
    "line", "vbeln", "posnr", "party", "sold_to", "ship_to", "material", "category", "material_kind", "unit", "site", "company",
    "currency", "terms", "tax_percent", "due_day", "quantity", "price", "price_unit",
)  # fmt: skip
"""What delivery and billing need to know of a line until it has shipped; ``open_quantity`` beside it."""


def _remember(world: World, lines: pl.DataFrame) -> None:
    new = lines.select(*REMEMBERED, pl.col("quantity").alias("open_quantity"))
    known = world.state.get("open_line")
    world.state["open_line"] = new if known is None else pl.concat([known, new])
