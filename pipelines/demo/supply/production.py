"""Production: orders in lots, components taken when all are there, and a receipt less scrap."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.demo.calendar import business_day
from pipelines.demo.finance.accounts import CONSUMPTION, OUTPUT
from pipelines.demo.supply.journal import Journal
from pipelines.demo.supply.purchasing import stacked
from pipelines.demo.supply.replenishment import Bills
from pipelines.demo.supply.stock import Ints, Stock
from pipelines.demo.world import World

FIRST_ORDER = 1_000_001
SCRAP = (0.005, 0.07)

ORDER = pl.Schema({
    "aufnr": pl.Int64, "material": pl.Int64, "site": pl.Int32, "quantity": pl.Int64, "created": pl.Int32,
    "planned_start": pl.Int32, "planned_finish": pl.Int32, "started": pl.Int32, "finish": pl.Int32, "good": pl.Int64,
})  # fmt: skip
"""The state ``production_order``: open orders. started is null while components are awaited; finish is the day of the receipt."""


@dataclass
class Production:
    """The production orders of a month at work: arrays over orders, open ones first; a day of 0 is not yet known."""

    stock: Stock
    bills: Bills
    rng: np.random.Generator
    opened: pl.DataFrame
    lead: Ints
    place: Ints = field(init=False)
    quantity: Ints = field(init=False)
    created: Ints = field(init=False)
    planned_start: Ints = field(init=False)
    planned_finish: Ints = field(init=False)
    started: Ints = field(init=False)
    finish: Ints = field(init=False)
    good: Ints = field(init=False)
    in_work: Ints = field(init=False)
    reserved: Ints = field(init=False)
    issues: list[dict[str, Ints]] = field(default_factory=list)
    receipts: list[dict[str, Ints]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the open orders."""
        opened = self.opened
        self.place = self.stock.places(opened["material"].to_numpy(), opened["site"].to_numpy())
        for name in ("quantity", "created", "planned_start", "planned_finish", "started", "finish", "good"):
            setattr(self, name, opened[name].fill_null(0).to_numpy().astype(np.int64))
        self.in_work = np.bincount(self.place, self.quantity, len(self.stock.key)).astype(np.int64)
        self.reserved = np.zeros(len(self.stock.key), dtype=np.int64)
        self._reserve(np.flatnonzero(self.started == 0), 1)

    def _reserve(self, orders: Ints, sign: int) -> None:
        owner, line = self.bills.explode(self.place[orders])
        np.add.at(
            self.reserved, self.bills.component[line], sign * self.quantity[orders][owner] * self.bills.pieces[line]
        )

    def work(self, day: int) -> None:
        """On the business day ``day`` (its place in the month): receive what is finished, start what has its components."""
        today = int(self.stock.days[day])
        self._finish(today)
        waiting = np.flatnonzero((self.started == 0) & (self.planned_start <= today))
        if not len(waiting):
            return
        owner, line = self.bills.explode(self.place[waiting])
        component = self.bills.component[line]
        needed = self.quantity[waiting][owner] * self.bills.pieces[line]
        # First come, first served: what an older order waits for is kept for it.
        order = np.argsort(component, kind="stable")
        sorted_component, total = component[order], np.cumsum(needed[order])
        first = np.searchsorted(sorted_component, sorted_component)
        before = np.where(first > 0, total[first - 1], 0)
        is_short = np.zeros(len(waiting), dtype=np.bool_)
        is_short[owner[order[total - before > self.stock.free[sorted_component]]]] = True
        starts = waiting[~is_short]
        taken = ~is_short[owner]
        if not len(starts):
            return
        value = self.stock.issue(component[taken], needed[taken])
        np.subtract.at(self.reserved, component[taken], needed[taken])
        self.issues.append({
            "order": waiting[owner[taken]], "place": component[taken], "quantity": needed[taken], "value": value,
            "day": np.full(int(taken.sum()), today, dtype=np.int64),
        })  # fmt: skip
        dice = self.rng.random((2, len(starts)))
        rate = SCRAP[0] + (SCRAP[1] - SCRAP[0]) * dice[0] ** 1.6
        scrap = np.minimum(self.rng.binomial(self.quantity[starts], rate), self.quantity[starts] - 1)
        planned = np.maximum(self.planned_finish[starts] - self.planned_start[starts], 1)
        self.started[starts] = today
        self.good[starts] = self.quantity[starts] - scrap
        # Some orders take a quarter longer than planned, few are faster.
        self.finish[starts] = business_day(
            today + np.floor(planned * (0.9 + 0.4 * dice[1] ** 2) + 0.5).astype(np.int64)
        )

    def _finish(self, today: int) -> None:
        done = np.flatnonzero((self.started > 0) & (self.finish == today))
        if not len(done):
            return
        place, good = self.place[done], self.good[done]
        value = self.stock.worth(place, good)
        self.stock.receive(place, good, value)
        np.subtract.at(self.in_work, place, self.quantity[done])
        self.receipts.append({
            "order": done, "place": place, "quantity": good, "value": value, "day": np.full(len(done), today, dtype=np.int64),
        })  # fmt: skip

    def order(self, day: int, places: Ints, quantity: Ints) -> None:
        """Create orders for ``quantity`` of the products at ``places``, to start on the next business day."""
        if not len(places):
            return
        count, today = len(places), int(self.stock.days[day])
        start = business_day(np.full(count, today + 1)).astype(np.int64)
        new = np.arange(len(self.place), len(self.place) + count)
        zero = np.zeros(count, dtype=np.int64)
        self.place = np.concatenate([self.place, places])
        self.quantity = np.concatenate([self.quantity, quantity])
        self.created = np.concatenate([self.created, np.full(count, today, dtype=np.int64)])
        self.planned_start = np.concatenate([self.planned_start, start])
        finish = business_day(start + np.maximum(self.lead[places] - 1, 1)).astype(np.int64)
        self.planned_finish = np.concatenate([self.planned_finish, finish])
        self.started, self.finish = np.concatenate([self.started, zero]), np.concatenate([self.finish, zero])
        self.good = np.concatenate([self.good, zero])
        np.add.at(self.in_work, places, quantity)
        self._reserve(new, 1)

    def close(self, world: World, journal: Journal) -> None:
        """Number the new orders, emit AFKO and AFPO, journal issues and receipts, and keep what is not finished."""
        stock, known = self.stock, self.opened.height
        numbers = world.numbers("aufnr", len(self.place) - known, first=FIRST_ORDER)
        orders = pl.DataFrame({
            "aufnr": np.concatenate([self.opened["aufnr"].to_numpy(), numbers]),
            "material": stock.material[self.place], "site": stock.site[self.place], "quantity": self.quantity,
            "created": self.created, "planned_start": self.planned_start, "planned_finish": self.planned_finish,
            "started": self.started, "finish": self.finish, "good": self.good,
        }).with_columns(pl.col("started", "finish", "good").replace(0, None)).cast(ORDER)  # fmt: skip
        _emit(world, orders, known)
        names = ("order", "place", "quantity", "value", "day")
        for chunks, movement, sign, counter in (
            (self.issues, "261", -1, CONSUMPTION),
            (self.receipts, "101", 1, OUTPUT),
        ):
            if not chunks:
                continue
            rows = stacked(chunks, names)
            moved = rows.select(
                pl.col("day").cast(pl.Int32),
                pl.Series("aufnr", orders["aufnr"].gather(rows["order"])),
                pl.Series("material", stock.material[rows["place"].to_numpy()]),
                pl.Series("site", stock.site[rows["place"].to_numpy()].astype(np.int32)),
                pl.col("quantity") * sign, pl.col("value") * sign,
                pl.lit(movement).alias("movement"), pl.lit(counter, dtype=pl.Int64).alias("counter"),
            )  # fmt: skip
            journal.move(journal.documents(moved, ["day", "aufnr"]))
        is_done = pl.col("finish").is_not_null() & (pl.col("finish") <= world.month.last)
        world.state["production_order"] = orders.filter(~is_done.fill_null(value=False))


def _emit(world: World, orders: pl.DataFrame, known: int) -> None:
    """Emit the month's versions: created, started, finished."""
    month = world.month
    new = orders.tail(orders.height - known).with_columns(pl.col("created").alias("_on"), pl.lit("C").alias("_op"))
    blank = new.with_columns(
        pl.lit(None, dtype=pl.Int32).alias("started"), pl.lit(None, dtype=pl.Int32).alias("finish")
    )
    this_month = [
        orders.filter(pl.col(name).is_between(month.first, month.last)).with_columns(
            pl.col(name).alias("_on"), pl.lit("U").alias("_op")
        )
        for name in ("started", "finish")
    ]
    started = this_month[0].with_columns(pl.lit(None, dtype=pl.Int32).alias("finish"))
    versions = pl.concat([blank, started, this_month[1]])
    is_done = pl.col("finish").is_not_null()
    good = pl.when(is_done).then("good").otherwise(0)
    scrap = pl.when(is_done).then(pl.col("quantity") - pl.col("good")).otherwise(0)
    common = (pl.col("aufnr").alias("AUFNR"), "_on", "_op")
    world.emit(
        "sap/AFKO",
        versions.select(
            *common, pl.col("planned_start").alias("GSTRP"), pl.col("planned_finish").alias("GLTRP"),
            pl.col("started").alias("GSTRI"), pl.col("finish").alias("GETRI"), pl.col("material").alias("PLNBEZ"),
            pl.col("quantity").alias("GAMNG"), good.alias("IGMNG"), scrap.alias("IASMG"), pl.lit("ST").alias("GMEIN"),
            pl.col("material").alias("STLNR"),
        ),
    )  # fmt: skip
    world.emit(
        "sap/AFPO",
        versions.select(
            *common, pl.lit(1, dtype=pl.Int64).alias("POSNR"), pl.col("material").alias("MATNR"), pl.col("site").alias("PWERK"),
            pl.col("quantity").alias("PSMNG"), scrap.alias("PSAMG"), good.alias("WEMNG"), pl.col("finish").alias("LTRMI"),
            is_done.alias("ELIKZ"),
        ),
    )  # fmt: skip
