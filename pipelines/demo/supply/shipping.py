"""Shipping: which line of an order gets which goods, first come, first served."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.demo.calendar import business_day
from pipelines.demo.supply.stock import Floats, Ints, Stock

MOST_PARTS = 3
"""Shipments of a line."""
SMALLEST_PART = 0.2
"""Of the line: less is not worth a shipment of its own."""

OPEN_DEMAND = pl.Schema({
    "line": pl.Int64, "material": pl.Int64, "site": pl.Int32, "due_day": pl.Int32, "quantity": pl.Int64, "left": pl.Int64,
    "parts": pl.Int64,
})  # fmt: skip
"""The state ``open_demand``: lines that have not been shipped in full."""


@dataclass
class Shipping:
    """The demand of a month at work.

    Lines stand in the order place, due day, line; each covers a stretch of one long axis of quantities (``start`` to ``end``),
    and the lines of a place follow each other on it. So a place's shipments are stretches of the same axis.
    """

    stock: Stock
    lines: pl.DataFrame
    place: Ints = field(init=False)
    start: Ints = field(init=False)
    end: Ints = field(init=False)
    parts: Ints = field(init=False)
    shipped: Ints = field(init=False)
    backlog: Ints = field(init=False)
    due: Ints = field(init=False)
    ships: list[tuple[int, Ints, Ints]] = field(default_factory=list)
    short: list[tuple[int, Ints]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sort the lines, and find what is due on each business day."""
        stock, days = self.stock, self.stock.days
        places = stock.places(self.lines["material"].to_numpy(), self.lines["site"].to_numpy())
        self.lines = self.lines.with_columns(pl.Series("place", places)).sort("place", "due_day", "line")
        self.place = self.lines["place"].to_numpy()
        left = self.lines["left"].to_numpy()
        self.end = np.cumsum(left)
        self.start = self.end - left
        self.parts = self.lines["parts"].to_numpy().copy()
        self.shipped = np.zeros(len(stock.key), dtype=np.int64)
        first_line = np.searchsorted(self.place, np.arange(len(stock.key)))
        self.shipped = np.concatenate([self.start, self.end[-1:] if len(self.end) else np.zeros(1, np.int64)])[
            first_line
        ]
        self.backlog = np.zeros(len(stock.key), dtype=np.int64)
        due_day = np.searchsorted(days, business_day(self.lines["due_day"].to_numpy()))
        self.due = np.zeros((len(days), len(stock.key)), dtype=np.int64)
        is_due = due_day < len(days)
        np.add.at(self.due, (due_day[is_due], self.place[is_due]), left[is_due])

    def ship(self, day: int) -> None:
        """Ship on the business day ``day`` (its place in the month) what is due and there."""
        stock = self.stock
        self.backlog += self.due[day]
        wanting = np.flatnonzero(self.backlog)
        if not len(wanting):
            return
        wanted, free = self.backlog[wanting], stock.free[wanting]
        goes = np.minimum(wanted, free)
        tight = np.flatnonzero(wanted > free)
        if len(tight):
            goes[tight] = self._to_whole_lines(wanting[tight], goes[tight])
            self.short.append((day, wanting[tight]))
        sent = np.flatnonzero(goes)
        places, quantity = wanting[sent], goes[sent]
        stock.issue(places, quantity)
        self.backlog[places] -= quantity
        self.shipped[places] += quantity
        self.ships.append((day, places, quantity))

    def _to_whole_lines(self, places: Ints, free: Ints) -> Ints:
        """How much of ``free`` goes out when it is not enough: whole lines, and a part of the next one if that is worth it."""
        here = self.shipped[places]
        line = np.searchsorted(self.end, here + free, side="right")
        whole = np.maximum(self.start[line] - here, 0)
        part = free - whole
        ordered = self.lines["quantity"].to_numpy()[line]
        is_worth_it = (part > 0) & (part >= SMALLEST_PART * ordered) & (self.parts[line] < MOST_PARTS - 1)
        self.parts[line[is_worth_it]] += 1
        return np.where(is_worth_it, free, whole)

    def shipments(self) -> pl.DataFrame:
        """What was shipped, by line and day: line, site, day, quantity, place, day_place."""
        none = np.zeros(0, dtype=np.int64)
        day = np.concatenate([none, *(np.full(len(places), day) for day, places, _ in self.ships)])
        place = np.concatenate([none, *(places for _, places, _ in self.ships)])
        quantity = np.concatenate([none, *(quantities for *_, quantities in self.ships)])
        order = np.lexsort((day, place))
        day, place, quantity = day[order], place[order], quantity[order]
        # Where the shipments of a place begin on the axis: at its first line.
        opening = self.start[np.searchsorted(self.place, place)] if len(place) else none
        before = np.cumsum(quantity) - quantity
        first = np.searchsorted(place, place)
        start = opening + before - before[first] if len(place) else none
        end = start + quantity
        # A shipment serves the lines whose stretches meet its own.
        from_line = np.searchsorted(self.end, start, side="right")
        to_line = np.searchsorted(self.start, end, side="left")
        count = to_line - from_line
        shipment = np.repeat(np.arange(len(day)), count)
        within = np.arange(len(shipment)) - np.repeat(np.cumsum(count) - count, count)
        line = from_line[shipment] + within
        served = np.minimum(end[shipment], self.end[line]) - np.maximum(start[shipment], self.start[line])
        keep = served > 0  # lines of no quantity
        shipment, line, served = shipment[keep], line[keep], served[keep]
        return pl.DataFrame({
            "line": self.lines["line"].to_numpy()[line],
            "site": self.stock.site[place[shipment]].astype(np.int32),
            "day": self.stock.days[day[shipment]],
            "quantity": served,
            "place": place[shipment],
            "day_place": day[shipment],
        })  # fmt: skip

    def still_open(self) -> pl.DataFrame:
        """The lines that wait for goods or for their day, as OPEN_DEMAND."""
        reached = np.clip(self.shipped[self.place], self.start, self.end)
        left = self.end - reached
        lines = self.lines.with_columns(pl.Series("left", left), pl.Series("parts", self.parts)).filter(left > 0)
        return lines.select(OPEN_DEMAND.names())

    def stockouts(self) -> pl.DataFrame:
        """Where goods were short: material, site, day."""
        days = [np.full(len(places), self.stock.days[day], dtype=np.int32) for day, places in self.short]
        place = np.concatenate([np.zeros(0, dtype=np.int64), *(places for _, places in self.short)])
        day = np.concatenate([np.zeros(0, dtype=np.int32), *days])
        return pl.DataFrame({
            "material": self.stock.material[place], "site": self.stock.site[place].astype(np.int32), "day": day,
        })  # fmt: skip


def demand_per_place(shipping: Shipping) -> tuple[Floats, Floats, Floats]:
    """Of the lines that fell due in the month, by place: the sum of quantities, the sum of their squares, and the lines."""
    days = shipping.stock.days
    due = business_day(shipping.lines["due_day"].to_numpy())
    is_new = (due >= days[0]) & (due <= days[-1])
    place = shipping.place[is_new]
    quantity = shipping.lines["quantity"].to_numpy()[is_new].astype(np.float64)
    count = len(shipping.stock.key)
    return (
        np.bincount(place, quantity, count).astype(np.float64),
        np.bincount(place, quantity * quantity, count).astype(np.float64),
        np.bincount(place, minlength=count).astype(np.float64),
    )
