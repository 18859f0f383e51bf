"""Transfers: finished goods that go from the plants to the warehouses, within company 1000 and to the other companies."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.demo.finance.accounts import COST_OF_SALES_INTERCOMPANY, RECEIVABLES_INTERCOMPANY, REVENUE_INTERCOMPANY
from pipelines.demo.lookup import looked_up
from pipelines.demo.supply.journal import Journal
from pipelines.demo.supply.purchasing import Purchasing, stacked
from pipelines.demo.supply.replenishment import Plan
from pipelines.demo.supply.stock import COMPANY_OF_SITE, Ints, Stock

WEEKDAYS = {1500: (0, 1, 2, 3, 4), 1600: (0, 2, 4), 2500: (1, 3), 3500: (0, 3)}
"""On which weekdays, 0 for Monday, a transport leaves for the warehouse."""
OVERSEAS = {2500: (10, 17), 3500: (4, 8)}
"""Days that goods are on their way to a warehouse of another company."""


@dataclass
class Transfers:
    """The transfers of a month at work."""

    stock: Stock
    plan: Plan
    purchasing: Purchasing
    rng: np.random.Generator
    moved: list[dict[str, Ints]] = field(default_factory=list)
    sold: list[dict[str, Ints]] = field(default_factory=list)

    def send(self, day: int, backlog: Ints) -> None:
        """Send what the warehouses lack and the plants have, on the business day ``day`` (its place in the month)."""
        stock, plan = self.stock, self.plan
        weekday = (int(stock.days[day]) + 3) % 7
        runs = np.array([site for site, weekdays in WEEKDAYS.items() if weekday in weekdays], dtype=np.int64)
        is_served = (plan.plant >= 0) & ~plan.is_at_plant & np.isin(stock.site, runs)
        position = stock.free + stock.received + self.purchasing.on_order - backlog
        places = np.flatnonzero(is_served & (position < plan.reorder) & (plan.is_active | (position < 0)))
        if not len(places):
            return
        wanted = np.maximum(plan.reorder + plan.lot - position, 0)[places]
        wanted = np.where(plan.is_active[places], wanted, np.maximum(-position[places], 0))
        source = plan.plant[places]
        asked = np.bincount(source, wanted, len(stock.key))[source]
        # A plant that has too little gives each warehouse the same part of its wish.
        share = np.minimum(stock.free[source] / np.maximum(asked, 1), 1.0)
        goes = np.floor(wanted * share + 1e-9).astype(np.int64)
        sent = np.flatnonzero(goes)
        places, source, goes = places[sent], source[sent], goes[sent]
        if not len(places):
            return
        value = stock.issue(source, goes)
        is_own = np.array([COMPANY_OF_SITE[site] == 1000 for site in stock.site[places].tolist()], dtype=np.bool_)
        self._within(day, places[is_own], source[is_own], goes[is_own], value[is_own])
        self._across(day, places[~is_own], source[~is_own], goes[~is_own], value[~is_own])

    def _within(self, day: int, places: Ints, source: Ints, quantity: Ints, value: Ints) -> None:
        self.stock.receive(places, quantity, value)
        today = np.full(len(places), self.stock.days[day], dtype=np.int64)
        self.moved.append({"day": today, "source": source, "place": places, "quantity": quantity, "value": value})

    def _across(self, day: int, places: Ints, source: Ints, quantity: Ints, value: Ints) -> None:
        if not len(places):
            return
        site = self.stock.site[places]
        dice = self.rng.random(len(places))
        transit = np.zeros(len(places), dtype=np.int64)
        for each, (shortest, longest) in OVERSEAS.items():
            # What leaves on one day travels together: only the customs differ, by the material.
            transit = np.where(
                site == each, shortest + np.floor((longest - shortest + 1) * dice**2).astype(np.int64), transit
            )
        items = self.purchasing.order_internally(day, places, quantity, transit)
        price = self.purchasing.price[items]
        today = np.full(len(places), self.stock.days[day], dtype=np.int64)
        self.sold.append({
            "day": today, "source": source, "place": places, "quantity": quantity, "value": value, "item": items,
            "amount": quantity * price,
        })  # fmt: skip

    def close(self, journal: Journal, items: pl.DataFrame) -> None:
        """Journal the month's transfers; ``items``: item, ebeln, ebelp of the purchase orders."""
        self._move(journal)
        if self.sold:
            self._sell(journal, items)

    def _move(self, journal: Journal) -> None:
        stock = self.stock
        rows = stacked(self.moved, ("day", "source", "place", "quantity", "value"))
        rows = rows.with_columns(
            pl.col("day").cast(pl.Int32),
            pl.Series("material", stock.material[rows["place"].to_numpy()]),
            pl.Series("from_site", stock.site[rows["source"].to_numpy()].astype(np.int32)),
            pl.Series("site", stock.site[rows["place"].to_numpy()].astype(np.int32)),
            pl.lit("301").alias("movement"),
        )
        rows = journal.documents(rows, ["day", "from_site", "site"]).with_row_index("row")
        leaves = rows.with_columns(
            pl.col("from_site").alias("site"), pl.col("site").alias("to_site"), -pl.col("quantity"), -pl.col("value")
        )
        comes = rows.with_columns(pl.col("from_site").alias("to_site"))
        both = pl.concat([leaves.with_columns(pl.lit(0).alias("side")), comes.with_columns(pl.lit(1).alias("side")).select(
            *leaves.columns, "side")])  # fmt: skip
        journal.move(both.sort("row", "side"))

    def _sell(self, journal: Journal, items: pl.DataFrame) -> None:
        stock = self.stock
        rows = stacked(self.sold, ("day", "source", "place", "quantity", "value", "item", "amount"))
        rows = rows.with_columns(
            pl.col("day").cast(pl.Int32),
            pl.Series("material", stock.material[rows["place"].to_numpy()]),
            pl.Series("site", stock.site[rows["source"].to_numpy()].astype(np.int32)),
            pl.Series("to_site", stock.site[rows["place"].to_numpy()].astype(np.int32)),
        )
        rows = rows.join(items, on="item", how="left", maintain_order="left")
        moves = journal.documents(rows, ["day", "site", "to_site"]).with_columns(
            pl.lit("643").alias("movement"),
            -pl.col("quantity"),
            -pl.col("value"),
            pl.lit(COST_OF_SALES_INTERCOMPANY, pl.Int64).alias("counter"),
        )
        journal.move(
            moves.select(
                "doc", "day", "movement", "material", "site", "quantity", "value", "counter", "to_site", "ebeln", "ebelp"
            )
        )  # fmt: skip
        buyers = rows.with_columns(looked_up("to_site", COMPANY_OF_SITE, pl.Int32).alias("buyer"))
        bills = journal.documents(buyers, ["day", "buyer"])
        headers = bills.group_by("doc", maintain_order=True).agg(pl.col("day", "buyer").first(), pl.col("amount").sum())
        headers = headers.with_columns(
            pl.lit(1000, dtype=pl.Int32).alias("company"), pl.lit("DR").alias("kind"), pl.col("day").alias("posted"),
            pl.col("day").alias("document_date"), pl.lit("EUR").alias("currency"),
            pl.format("IC {}", pl.col("buyer")).alias("reference"), pl.lit("Intercompany invoice").alias("text"),
            pl.col("buyer").alias("partner_company"),
        )  # fmt: skip
        sides = [
            headers.select(
                "doc",
                pl.lit(account, dtype=pl.Int64).alias("account"),
                (sign * pl.col("amount")).alias("amount"),
                (sign * pl.col("amount")).alias("local"),
                "partner_company",
            )
            for account, sign in ((RECEIVABLES_INTERCOMPANY, 1), (REVENUE_INTERCOMPANY, -1))
        ]
        journal.enter(headers, pl.concat(sides))
