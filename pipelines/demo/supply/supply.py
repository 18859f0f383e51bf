"""Supply: everything that moves stock, a month at a time: shipping, replenishment, production, transfers and purchasing."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.demo.calendar import is_business_day
from pipelines.demo.finance import payables
from pipelines.demo.finance.accounts import (
    PRICE_DIFFERENCES,
    RETAINED_EARNINGS,
    ROUNDING_DIFFERENCES,
    SCRAP,
    STOCK_ACCOUNT,
)
from pipelines.demo.finance.chart_of_accounts import currency_of
from pipelines.demo.lookup import looked_up
from pipelines.demo.supply import catalogue, purchase_documents, replenishment, stock, supplier_invoices
from pipelines.demo.supply.journal import Journal
from pipelines.demo.supply.production import ORDER, Production
from pipelines.demo.supply.purchasing import ARRIVAL, ITEM, Purchasing, stacked
from pipelines.demo.supply.replenishment import Plan
from pipelines.demo.supply.shipping import OPEN_DEMAND, Shipping, demand_per_place
from pipelines.demo.supply.stock import COMPANY_OF_SITE, STOCK, Ints, Stock
from pipelines.demo.supply.supplier_invoices import AWAITED, SETTLED
from pipelines.demo.supply.transfers import Transfers
from pipelines.demo.world import World

SCRAPPED_A_DAY = 0.0006
"""Of the places with stock: a part is found damaged."""
MOST_LOTS = 4
OPENING_RESERVE = 1.15
"""The company did not know its customers well when the history began."""


def found(world: World) -> None:
    """Fill the states of supply, with an opening stock (movement 561) that the expected demand calls for."""
    for name, schema in (
        ("open_demand", OPEN_DEMAND), ("purchase_item", ITEM), ("arrival", ARRIVAL), ("awaited_invoice", AWAITED),
        ("intercompany_open", SETTLED), ("production_order", ORDER),
    ):  # fmt: skip
        world.state[name] = pl.DataFrame(schema=schema)
    rng = world.founding_rng("supply")
    first = world.month.first
    rows = _new_rows(world, stock.kept(world.state["product"]))
    plan, _ = replenishment.plan(world, Stock(_with_kind(world, rows), np.zeros(0, dtype=np.int32)))
    is_sold_later = (_about(world, rows)["launched"] > first).to_numpy()
    unit = _about(world, rows)["price_unit"].to_numpy()
    # The stock of one who has ordered all along: what he waits for lies here already.
    most = (
        np.where(plan.is_at_plant, np.maximum(plan.reorder, plan.lot), plan.reorder)
        + rng.random(rows.height) * plan.lot
    )
    most = most * OPENING_RESERVE
    quantity = np.where(is_sold_later, 0, np.ceil(most / unit).astype(np.int64) * unit)
    price = rows["price"].to_numpy()
    rows = rows.with_columns(
        pl.Series("quantity", quantity), pl.Series("value", quantity // unit * price), pl.Series("safety", plan.safety),
        pl.Series("reorder", plan.reorder), pl.Series("lot", plan.lot),
    )  # fmt: skip
    world.state["stock"] = rows
    replenishment.emit(world, rows, on=first, operation="C")
    stock.emit_new(world, _with_kind(world, rows), first)
    journal = Journal()
    opening = rows.filter(pl.col("quantity") > 0).with_columns(pl.lit(first, dtype=pl.Int32).alias("day"))
    moves = journal.documents(opening, ["site"]).with_columns(
        pl.lit("561").alias("movement"), pl.lit(RETAINED_EARNINGS, dtype=pl.Int64).alias("counter")
    )
    journal.move(moves)
    journal.post(world)


def live(world: World, demand: pl.DataFrame, returned: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Live a month: ship, take back, buy, make, move and plan, day by day.

    ``demand``: line, material, site, due_day, quantity of the lines that are new. ``returned``: line, material, site, day,
    quantity of goods that come back. Gives shipments and receipts: line, site, day, quantity, value (minor units of the
    company's currency). Goods are shipped on business days, those due first, at most three times a line.
    The caller posts the movements 601 and 653 of both, and their cost; everything else is posted here.
    """
    rng = world.rng("supply")
    journal = Journal()
    rows = _revalued(world, _grown(world), journal)
    days = world.month.days[is_business_day(world.month.days)]
    if world.month.index == 0:
        days = days[days > world.month.first]  # the day of the opening stock
    goods = Stock(_with_kind(world, rows), days)
    plan, bills = replenishment.plan(world, goods)
    rows = _planned(world, rows, plan)
    purchasing = Purchasing(world, goods, rng, world.state["purchase_item"])
    lead = _about(world, rows)["lead_days"].to_numpy()
    work = _Work(
        goods=goods,
        plan=plan,
        shipping=Shipping(goods, _lines(world, demand)),
        purchasing=purchasing,
        production=Production(goods, bills, rng, world.state["production_order"], lead),
        transfers=Transfers(goods, plan, purchasing, rng),
    )
    receipts, back = _returns(goods, returned)
    for day in range(len(days)):
        work.live(day, rng, back)
    invoices = _post(world, work, rng, journal)
    stock.emit(world, goods)
    rows = rows.with_columns(
        pl.Series("quantity", goods.quantity), pl.Series("value", goods.value), pl.Series("price", goods.price)
    )
    world.state["stock"] = replenishment.learn(world, goods, *demand_per_place(work.shipping), rows)
    world.state["open_demand"] = work.shipping.still_open()
    stock.record(world)
    world.record("stockout", work.shipping.stockouts())
    payables.live(world, invoices)
    return _valued(goods, work.shipping.shipments()), _valued(goods, receipts)


@dataclass
class _Work:
    """Everybody at work in a month."""

    goods: Stock
    plan: Plan
    shipping: Shipping
    purchasing: Purchasing
    production: Production
    transfers: Transfers
    scrapped: list[dict[str, Ints]] = field(default_factory=list)

    def live(self, day: int, rng: np.random.Generator, back: tuple[Ints, Ints, Ints]) -> None:
        """Live the business day ``day`` (its place in the month); ``back``: day, place and quantity of goods that come back."""
        self.shipping.ship(day)
        self.production.work(day)
        self.transfers.send(day, self.shipping.backlog)
        _scrap(self.goods, rng, day, self.scrapped)
        self.purchasing.receive(day)
        _take_back(self.goods, day, back)
        _order(self.goods, self.plan, day, self.shipping.backlog, self.purchasing, self.production)
        self.goods.close(day)


def _post(world: World, work: _Work, rng: np.random.Generator, journal: Journal) -> pl.DataFrame:
    """Post the month's documents and keep what is open; gives the suppliers' invoices as `payables.live` takes them."""
    purchasing = work.purchasing
    items = purchase_documents.numbered(world, purchasing)
    received = purchase_documents.receipts(purchasing, items, rng, journal)
    keys = items.select("item", "ebeln", "ebelp")
    work.transfers.close(journal, keys)
    work.production.close(world, journal)
    _journal_scrap(work.goods, journal, work.scrapped)
    _journal_differences(work.goods, journal)
    invoices = supplier_invoices.enter(world, received, rng, journal)
    numbers, entries = journal.post(world)
    purchase_documents.emit_history(world, received, numbers)
    supplier_invoices.emit_history(world, invoices)
    billed = invoices.items.join(keys, on=["ebeln", "ebelp"], how="left", maintain_order="left")
    billed = billed.select("item", pl.col("invoice_day").alias("day"), "quantity")
    items = purchase_documents.progress(world, items, received, billed)
    world.state["arrival"] = purchase_documents.arrivals(purchasing, items)
    is_open = (pl.col("received") < pl.col("quantity")) | (pl.col("invoiced") < pl.col("quantity"))
    world.state["purchase_item"] = items.filter(is_open).drop("item")
    return supplier_invoices.for_payables(invoices, entries)


def _about(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("material").join(world.state["product"], on="material", how="left", maintain_order="left")


def _with_kind(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    kinds = world.state["product"].select("material", "kind", "price_unit")
    return rows.join(kinds, on="material", how="left", maintain_order="left")


def _new_rows(world: World, places: pl.DataFrame) -> pl.DataFrame:
    """Rows of STOCK for ``places`` (material, site) that had none."""
    rows = replenishment.expected(world, places)
    rows = rows.with_columns(pl.Series("price", stock.opening_prices(world, places)))
    zeros = [pl.lit(0, dtype=pl.Int64).alias(name) for name in ("quantity", "value", "safety", "reorder", "lot")]
    return rows.with_columns(zeros).select(pl.col(name).cast(kind) for name, kind in STOCK.items())


def _grown(world: World) -> pl.DataFrame:
    """The state ``stock``, with rows for the products that are new."""
    rows = world.state["stock"]
    new = world.state["product"].join(rows, on="material", how="anti", maintain_order="left")
    if new.height == 0:
        return rows
    created = _new_rows(world, stock.kept(new))
    day = catalogue.creation_day(world.month)
    stock.emit_new(world, _with_kind(world, created), day)
    return pl.concat([rows, created]).sort("material", "site")


def _revalued(world: World, rows: pl.DataFrame, journal: Journal) -> pl.DataFrame:
    """In January finished goods get the new year's standard price, and their stock its value."""
    if world.month.number != 1 or world.month.index == 0:
        return rows
    about = _with_kind(world, rows)
    is_standard = (about["kind"] == "FERT").to_numpy()
    price = np.where(is_standard, stock.opening_prices(world, rows), rows["price"].to_numpy())
    value = rows["quantity"].to_numpy() // about["price_unit"].to_numpy() * price
    new = about.with_columns(pl.Series("price", price), pl.Series("change", value - rows["value"].to_numpy()))
    new = new.with_columns(pl.Series("value", value), pl.lit(world.month.first, dtype=pl.Int32).alias("_on"))
    stock.emit_valuation(world, new.filter(is_standard), "U")
    _journal_revaluation(
        journal, new.with_columns(pl.col("_on").alias("day")), PRICE_DIFFERENCES, "New standard prices"
    )
    return rows.with_columns(pl.Series("price", price), pl.Series("value", value))


def _planned(world: World, rows: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """``rows`` with the month's stock levels; of new products, and each quarter, they go into the material master (MARC)."""
    new = rows.with_columns(
        pl.Series("safety", plan.safety), pl.Series("reorder", plan.reorder), pl.Series("lot", plan.lot)
    )
    day, is_new = catalogue.creation_day(world.month), rows["lot"] == 0
    replenishment.emit(world, new.filter(is_new), on=day, operation="C")
    if world.month.number % 3 == 1:
        changed = (new["reorder"] != rows["reorder"]) | (new["safety"] != rows["safety"]) | (new["lot"] != rows["lot"])
        replenishment.emit(world, new.filter(changed & ~is_new), on=day, operation="U")
    return new


def _lines(world: World, demand: pl.DataFrame) -> pl.DataFrame:
    new = demand.with_columns(pl.col("quantity").alias("left"), pl.lit(0, dtype=pl.Int64).alias("parts"))
    new = new.filter(pl.col("quantity") > 0).select(pl.col(name).cast(kind) for name, kind in OPEN_DEMAND.items())
    return pl.concat([world.state["open_demand"], new])


def _returns(goods: Stock, returned: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Ints, Ints, Ints]]:
    """Returned goods as receipts without value, and as arrays: business day, place, quantity."""
    place = goods.places(returned["material"].to_numpy(), returned["site"].to_numpy())
    # What comes on a weekend is booked on the next business day, or on the month's last one.
    day = np.minimum(np.searchsorted(goods.days, returned["day"].to_numpy()), len(goods.days) - 1).astype(np.int64)
    quantity = returned["quantity"].to_numpy().astype(np.int64)
    receipts = pl.DataFrame({
        "line": returned["line"].cast(pl.Int64), "site": returned["site"].cast(pl.Int32), "day": goods.days[day],
        "quantity": quantity, "place": place, "day_place": day,
    })  # fmt: skip
    return receipts, (day, place, quantity)


def _take_back(goods: Stock, day: int, back: tuple[Ints, Ints, Ints]) -> None:
    today = back[0] == day
    if today.any():
        place, quantity = back[1][today], back[2][today]
        goods.receive(place, quantity, goods.worth(place, quantity))


def _scrap(goods: Stock, rng: np.random.Generator, day: int, scrapped: list[dict[str, Ints]]) -> None:
    """Find some goods damaged, and take them out."""
    dice = rng.random((2, rng.binomial(len(goods.key), SCRAPPED_A_DAY)))
    place = np.unique((dice[0] * len(goods.key)).astype(np.int64))
    part = 0.002 + 0.03 * dice[1][: len(place)]
    quantity = np.ceil(goods.free[place] / goods.unit[place] * part).astype(np.int64) * goods.unit[place]
    place, quantity = place[quantity > 0], quantity[quantity > 0]
    if len(place):
        goods.issue(place, quantity)
        scrapped.append({"day_place": np.full(len(place), day), "place": place, "quantity": quantity})


def _order(goods: Stock, plan: Plan, day: int, backlog: Ints, purchasing: Purchasing, production: Production) -> None:
    """Order what stock on hand and on its way no longer covers."""
    position = goods.free + goods.received + purchasing.on_order - backlog - production.reserved
    lacks = (position < plan.reorder) & (plan.is_active | (position < 0))
    places = np.flatnonzero(plan.is_bought & lacks)
    target = np.where(plan.is_active[places], plan.reorder[places] + plan.lot[places], 0)
    unit = goods.unit[places]
    quantity = -(-np.maximum(target - position[places], plan.lot[places] * plan.is_active[places]) // unit) * unit
    purchasing.order(day, places, quantity)

    at_plant = np.flatnonzero(plan.is_at_plant)
    is_below = (plan.plant >= 0) & ~plan.is_at_plant
    network = np.bincount(plan.plant[is_below], position[is_below], len(position)).astype(np.int64)
    network = (network + goods.free + goods.received + production.in_work)[at_plant]
    wanted = np.where(plan.is_active[at_plant], plan.echelon[at_plant], np.minimum(plan.echelon[at_plant], 0))
    short = np.flatnonzero(network < wanted)
    lots = np.clip(-(-(wanted - network)[short] // plan.lot[at_plant[short]]), 1, MOST_LOTS)
    production.order(day, at_plant[short], lots * plan.lot[at_plant[short]])


def _valued(goods: Stock, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with place and day_place: with their value at the price of the morning, and without both."""
    place, day = rows["place"].to_numpy(), rows["day_place"].to_numpy()
    opening = goods.frame["price"].to_numpy()
    price = np.where(day > 0, goods.prices[np.maximum(day - 1, 0), place], opening[place])
    value = rows["quantity"].to_numpy() // goods.unit[place] * price
    return rows.with_columns(pl.Series("value", value)).drop("place", "day_place")


def _journal_scrap(goods: Stock, journal: Journal, scrapped: list[dict[str, Ints]]) -> None:
    if not scrapped:
        return
    rows = stacked(scrapped, ("day_place", "place", "quantity"))
    day, place = rows["day_place"].to_numpy(), rows["place"].to_numpy()
    rows = _valued(goods, rows.with_columns(
        pl.Series("day", goods.days[day]), pl.Series("material", goods.material[place]),
        pl.Series("site", goods.site[place].astype(np.int32)), pl.lit("551").alias("movement"),
        pl.lit(SCRAP, dtype=pl.Int64).alias("counter"),
    ))  # fmt: skip
    journal.move(journal.documents(rows.with_columns(-pl.col("quantity"), -pl.col("value")), ["day", "site"]))


def _journal_differences(goods: Stock, journal: Journal) -> None:
    """What rounding of the moving averages has left over."""
    day, place = np.nonzero(goods.differences)
    if not len(day):
        return
    rows = goods.frame.select("material", "site", "kind")[place].with_columns(
        pl.Series("day", goods.days[day]), pl.Series("change", goods.differences[day, place])
    )
    _journal_revaluation(journal, rows, ROUNDING_DIFFERENCES, "Moving average rounding")


def _journal_revaluation(journal: Journal, rows: pl.DataFrame, account: int, text: str) -> None:
    """Journal the change of the value of stock: ``rows`` are material, site, kind, day, change (company currency)."""
    rows = rows.filter(pl.col("change") != 0).with_columns(
        looked_up("site", COMPANY_OF_SITE, pl.Int32).alias("company")
    )
    if rows.height == 0:
        return
    rows = journal.documents(rows, ["day", "company"])
    headers = rows.unique("doc", keep="first", maintain_order=True).select(
        "doc", "company", pl.lit("PR").alias("kind"), pl.col("day").alias("posted"), pl.col("day").alias("document_date"),
        currency_of().alias("currency"), pl.lit(text).alias("text"),
    )  # fmt: skip
    change = pl.col("change")
    lines = rows.select(
        "doc", looked_up("kind", STOCK_ACCOUNT, pl.Int64).alias("account"), change.alias("amount"),
        change.alias("local"), "material", "site",
    )  # fmt: skip
    against = rows.group_by("doc", maintain_order=True).agg(change.sum()).filter(change != 0)
    against = against.select(
        "doc", pl.lit(account, dtype=pl.Int64).alias("account"), -change.alias("amount"), -change.alias("local")
    )
    journal.enter(headers, pl.concat([lines, against], how="diagonal"))
