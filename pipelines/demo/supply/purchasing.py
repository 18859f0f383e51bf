"""Purchasing: what is ordered from suppliers and from company 1000, and when it comes."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import business_day
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.finance.rates import CURRENCIES, Exchange, exchange
from pipelines.demo.supply import catalogue
from pipelines.demo.supply.stock import COMPANY_OF_SITE, TRANSFER_MARKUP, Floats, Ints, Stock
from pipelines.demo.supply.suppliers import INTERCOMPANY_SUPPLIER
from pipelines.demo.world import World

SPLIT = 0.12
"""Of deliveries: come in two parts."""
EARLY = 0.12
REJECTED = 0.006
"""Of receipts: a part goes back to the supplier, and is replaced."""

ITEM = pl.Schema({
    "ebeln": pl.Int64, "ebelp": pl.Int64, "material": pl.Int64, "site": pl.Int32, "lifnr": pl.Int64, "currency": pl.Int64,
    "quantity": pl.Int64, "price": pl.Int64, "ordered_day": pl.Int32, "due_day": pl.Int32, "received": pl.Int64,
    "invoiced": pl.Int64,
})  # fmt: skip
"""The state ``purchase_item``: items not yet received and invoiced in full.

currency: a place in CURRENCIES; price: its minor units for price_unit units; due_day: as the supplier promised.
"""
ARRIVAL = pl.Schema({"ebeln": pl.Int64, "ebelp": pl.Int64, "day": pl.Int32, "quantity": pl.Int64})
"""The state ``arrival``: goods that will come in, as only fate knows."""

_NONE = np.zeros(0, dtype=np.int64)


@dataclass
class Purchasing:
    """The purchase orders of a month at work. Items are counted: those that were open come first, then the new ones."""

    world: World
    stock: Stock
    rng: np.random.Generator
    opened: pl.DataFrame
    on_order: Ints = field(init=False)
    new: list[dict[str, Ints]] = field(default_factory=list)
    receipts: list[dict[str, Ints]] = field(default_factory=list)
    place: Ints = field(init=False)
    price: Ints = field(init=False)
    currency: Ints = field(init=False)
    arrival_item: Ints = field(init=False)
    arrival_day: Ints = field(init=False)
    arrival_quantity: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Take the open items and arrivals; look up who supplies what at which price."""
        world, stock, opened = self.world, self.stock, self.opened
        self.place = stock.places(opened["material"].to_numpy(), opened["site"].to_numpy())
        self.price = opened["price"].to_numpy().copy()
        self.currency = opened["currency"].to_numpy().copy()
        items = opened.select("ebeln", "ebelp").with_row_index("item")
        arrivals = world.state["arrival"].join(items, on=["ebeln", "ebelp"], how="left", maintain_order="left")
        self.arrival_item = arrivals["item"].to_numpy().astype(np.int64)
        self.arrival_day = arrivals["day"].to_numpy().astype(np.int64)
        self.arrival_quantity = arrivals["quantity"].to_numpy()
        self.on_order = np.zeros(len(stock.key), dtype=np.int64)
        np.add.at(self.on_order, self.place[self.arrival_item], self.arrival_quantity)
        company = np.array([COMPANY_OF_SITE[site] for site in stock.site.tolist()], dtype=np.int64)
        local = {each: CURRENCIES.index(currency) for each, currency in COMPANY_CURRENCY.items()}
        self.local = np.select([company == each for each in local], list(local.values())).astype(np.int64)
        self.sources = _sources(world, stock)
        days, count = stock.days, len(CURRENCIES)
        table = exchange(
            world.seed,
            pl.Series(CURRENCIES * len(days)),
            pl.Series(CURRENCIES * len(days)),
            pl.Series(np.repeat(days, count)),
        )
        self.direct = table.direct.reshape(len(days), count)
        self.reverse = table.reverse.reshape(len(days), count)

    def receive(self, day: int) -> None:
        """Take in what comes on the business day ``day`` (its place in the month)."""
        today = self.arrival_day <= int(self.stock.days[day])
        if not today.any():
            return
        item, quantity = self.arrival_item[today], self.arrival_quantity[today]
        later = ~today
        self.arrival_item, self.arrival_day = self.arrival_item[later], self.arrival_day[later]
        self.arrival_quantity = self.arrival_quantity[later]
        place = self.place[item]
        unit = self.stock.unit[place]
        dice = self.rng.random((2, len(item)))
        bad = np.floor(quantity / unit * (0.04 + 0.2 * dice[1])).astype(np.int64) * unit
        bad = np.where((dice[0] < REJECTED) & ~self.stock.is_standard[place], bad, 0)
        good = quantity - bad
        amount, local = self._worth(day, place, item, good)
        value = np.where(self.stock.is_standard[place], self.stock.worth(place, good), local)
        self.stock.receive(place, good, value)
        np.subtract.at(self.on_order, place, quantity)
        self.receipts.append({
            "day": np.full(len(item), self.stock.days[day], dtype=np.int64), "item": item, "quantity": good, "amount": amount,
            "local": local, "value": value, "rejected": bad,
        })  # fmt: skip
        again = np.flatnonzero(bad)
        if len(again):
            wait = 5 + np.floor(6 * dice[1][again]).astype(np.int64)
            self._arrive(item[again], business_day(int(self.stock.days[day]) + wait), bad[again])

    def _worth(self, day: int | npt.NDArray[np.integer], place: Ints, item: Ints, quantity: Ints) -> tuple[Ints, Ints]:
        amount = quantity // self.stock.unit[place] * self.price[item]
        source, target = self.currency[item], self.local[place]
        how = Exchange(self.direct[day, source], self.reverse[day, target], source, target)
        return amount, how.translate(amount)

    def worth_of(self, day: npt.NDArray[np.integer], item: Ints, quantity: Ints) -> tuple[Ints, Ints]:
        """What ``quantity`` of items costs: in the order's currency, and in the company's at the rates of ``day`` (places)."""
        return self._worth(day, self.place[item], item, quantity)

    def order(self, day: int, places: Ints, quantity: Ints) -> None:
        """Order ``quantity`` for ``places`` from their suppliers, on the business day ``day``."""
        if not len(places):
            return
        source = self.sources
        dice = self.rng.random((6, len(places)))
        today = int(self.stock.days[day])
        price = np.maximum(np.floor(source.price[places] * (0.985 + 0.035 * dice[0]) + 0.5), 1).astype(np.int64)
        due = business_day(today + np.maximum(source.lead[places], 1)).astype(np.int64)
        late = -np.log(1 - dice[2] * 0.999) * 4.5
        late = np.where(dice[1] > source.punctuality[places], 1 + late, np.where(dice[1] < EARLY, -1 - 2 * dice[2], 0))
        comes = np.maximum(business_day(due + late.astype(np.int64)), today + 1).astype(np.int64)
        comes = business_day(comes).astype(np.int64)
        items = self._add(day, places, quantity, price, source.currency[places], source.lifnr[places], due)
        unit = self.stock.unit[places]
        first = np.floor(quantity / unit * (0.5 + 0.35 * dice[4])).astype(np.int64) * unit
        is_split = (dice[3] < SPLIT) & (first > 0) & (first < quantity)
        self._arrive(items, comes, np.where(is_split, first, quantity))
        rest = np.flatnonzero(is_split)
        wait = 2 + np.floor(10 * dice[5][rest]).astype(np.int64)
        self._arrive(items[rest], business_day(comes[rest] + wait), (quantity - first)[rest])

    def order_internally(self, day: int, places: Ints, quantity: Ints, transit: Ints) -> Ints:
        """Order ``quantity`` from company 1000, which ships today; it comes after ``transit`` days. Gives the items."""
        today = int(self.stock.days[day])
        comes = business_day(today + transit).astype(np.int64)
        planned = business_day(today + np.where(self.stock.site[places] == 2500, 14, 6)).astype(np.int64)
        supplier = np.full(len(places), INTERCOMPANY_SUPPLIER, dtype=np.int64)
        euro = np.zeros(len(places), dtype=np.int64)
        items = self._add(day, places, quantity, self.sources.price[places].astype(np.int64), euro, supplier, planned)
        self._arrive(items, comes, quantity)
        return items

    def _add(self, day: int, places: Ints, quantity: Ints, price: Ints, currency: Ints, lifnr: Ints, due: Ints) -> Ints:
        items = np.arange(len(self.place), len(self.place) + len(places), dtype=np.int64)
        self.place = np.concatenate([self.place, places])
        self.price = np.concatenate([self.price, price])
        self.currency = np.concatenate([self.currency, currency])
        self.new.append({
            "item": items, "place": places, "quantity": quantity, "price": price, "currency": currency, "lifnr": lifnr,
            "due_day": due, "ordered_day": np.full(len(places), self.stock.days[day], dtype=np.int64),
        })  # fmt: skip
        return items

    def _arrive(self, items: Ints, days: npt.NDArray[np.integer], quantity: Ints) -> None:
        self.arrival_item = np.concatenate([self.arrival_item, items])
        self.arrival_day = np.concatenate([self.arrival_day, days.astype(np.int64)])
        self.arrival_quantity = np.concatenate([self.arrival_quantity, quantity])
        np.add.at(self.on_order, self.place[items], quantity)


@dataclass(frozen=True)
class _Sources:
    """Where each place buys: supplier, currency (place in CURRENCIES), price in it, lead time in days, punctuality."""

    lifnr: Ints
    currency: Ints
    price: Floats
    lead: Ints
    punctuality: Floats


def _sources(world: World, stock: Stock) -> _Sources:
    product = stock.frame.select("material", "kind").join(
        world.state["product"].select("material", pl.col("supplier").alias("lifnr"), "lead_days"),
        on="material", how="left", maintain_order="left",
    )  # fmt: skip
    product = product.join(world.state["cost"], on="material", how="left", maintain_order="left").join(
        world.state["supplier"].select("lifnr", "currency", "punctuality"),
        on="lifnr",
        how="left",
        maintain_order="left",
    )
    is_made = (product["kind"] == "FERT").to_numpy()
    currency = product["currency"].fill_null("EUR")
    rate = currency.replace_strict(
        {each: catalogue.list_rate(world.seed, each, world.month.year) for each in CURRENCIES}, return_dtype=pl.Float64
    )
    cost = product["cost"].to_numpy()
    price = np.where(is_made, np.floor(cost * TRANSFER_MARKUP + 0.5), cost / rate.to_numpy())
    return _Sources(
        product["lifnr"].fill_null(0).to_numpy(),
        currency.replace_strict(
            {each: place for place, each in enumerate(CURRENCIES)}, return_dtype=pl.Int64
        ).to_numpy(),
        np.maximum(price, 1.0),
        product["lead_days"].to_numpy(),
        product["punctuality"].fill_null(1.0).to_numpy(),
    )


def stacked(chunks: list[dict[str, Ints]], names: tuple[str, ...]) -> pl.DataFrame:
    """The columns ``names`` of chunks, one below the other; Int64."""
    return pl.DataFrame({name: np.concatenate([_NONE, *(chunk[name] for chunk in chunks)]) for name in names})
