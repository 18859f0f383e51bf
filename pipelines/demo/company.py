"""A small simulated company whose CRM and ERP drop CSV extracts: an industrial distributor that sells in EUR.

The first drop holds everything up to HISTORY_END, each later drop one day. A day draws from random numbers of its own,
and later days are replayed from the end of the history, so a drop has the same bytes whenever it is written.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo.customers import (
    NAMELESS_ACCOUNT_RATE,
    Customer,
    account,
    draw_address,
    draw_customer,
    draw_population,
    kna1,
    office_hour,
)
from pipelines.demo.orders import (
    EMPTY_MATERIAL_RATE,
    NEGATIVE_QUANTITY_RATE,
    ZERO_ORDER_DATE_RATE,
    Market,
    Sales,
    first_number,
    net_amount,
    vbak,
    vbap,
)
from pipelines.demo.products import catalogue_tables, make_products, mbew
from pipelines.demo.seasons import HISTORY_END, HISTORY_START, day_rng
from pipelines.errors import ConcordError
from pipelines.home import move_into_place

__all__ = ["HISTORY_END", "HISTORY_START", "MESS_RATES", "Drop", "write_drops"]

MESS_RATES = {
    "sap/VBAP: MATNR empty": EMPTY_MATERIAL_RATE,
    "sap/VBAP: KWMENG negative, NETWR still positive": NEGATIVE_QUANTITY_RATE,
    "sap/VBAK: AUDAT 00000000": ZERO_ORDER_DATE_RATE,
    "salesforce/Account: Name empty": NAMELESS_ACCOUNT_RATE,
}
"""Share of the rows of a table that are wrong on purpose."""

CUSTOMERS = 1_500  # at scale 1, prospects included
CORRECTABLE_DAYS = 10
CORRECTED_LINE_RATE = 0.005  # of the lines of the last ten days, each weekday
DELETED_LINE_RATE = 0.0001
DELETED_ORDER_RATE = 0.00015
MOVED_CUSTOMER_RATE = 0.0005  # of all customers, each weekday
MOVED_IN_CRM_ONLY_SHARE = 0.25
DELETED_ACCOUNT_RATE = 0.00005
COST_CHANGE_SHARE = 0.15  # of weekdays

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Drop:
    """What one day brought: the number of rows by "system/table", tables without rows left out."""

    day: date
    rows: dict[str, int]


class Company:
    """The company at the end of ``day``; ``history`` and ``next_day`` give its extracts as tables of text."""

    def __init__(self, seed: int, scale: float) -> None:
        rng = np.random.default_rng([seed, 0])
        self.seed = seed
        self.scale = scale
        self.day = HISTORY_END
        self.names: set[str] = set()
        self.products = make_products(rng)
        self.customers = [
            replace(customer, is_blocked=customer.gone < HISTORY_END - timedelta(365))
            for customer in draw_population(rng, max(20, round(CUSTOMERS * scale)), self.names)
        ]
        self.market = Market(self.customers, self.products)
        recent = [HISTORY_END - timedelta(back) for back in reversed(range(CORRECTABLE_DAYS))]
        self.recent = self.market.sales(seed, recent, scale)

    def history(self) -> Tables:
        """Every extract of the initial drop, with the state of master data at HISTORY_END."""
        days = [HISTORY_START + timedelta(back) for back in range((HISTORY_END - HISTORY_START).days + 1)]
        sales = self.market.sales(self.seed, days, self.scale)
        return {
            "salesforce/Account": account(self.customers),
            "sap/KNA1": kna1(self.customers, "C"),
            **catalogue_tables(self.products),
            "sap/VBAK": vbak(sales.orders),
            "sap/VBAP": vbap(sales.lines),
        }

    def next_day(self) -> Tables:
        """Live through one more day and give its extracts; tables may be empty."""
        self.day += timedelta(1)
        rng = day_rng(self.seed, self.day)
        sales = self.market.table([self.market.draw(rng, self.day, self.scale)])
        changed = Sales(sales.orders.clear(), sales.lines.clear())
        tables: Tables = {}
        if self.day.weekday() < 5:
            changed = self._change_orders(rng)
            tables = self._change_customers(rng) | self._change_costs(rng)
        is_recent = pl.col("number") >= first_number(self.day - timedelta(CORRECTABLE_DAYS - 1))
        self.recent = Sales(
            pl.concat([self.recent.orders.filter(is_recent), sales.orders]),
            pl.concat([self.recent.lines.filter(is_recent), sales.lines]),
        )
        return tables | {
            "sap/VBAK": vbak(pl.concat([sales.orders, changed.orders])),
            "sap/VBAP": vbap(pl.concat([sales.lines, changed.lines])),
        }

    def _change_orders(self, rng: np.random.Generator) -> Sales:
        """Correct and delete some lines of the last days, each line once a day at most; gives the U and D rows."""
        orders, lines = self.recent.orders, self.recent.lines
        fate = rng.random(lines.height)
        factor = rng.choice([0.5, 0.8, 1.25, 1.5, 2.0], lines.height)
        dropped = orders.filter(rng.random(orders.height) < DELETED_ORDER_RATE)

        whole = pl.col("number").is_in(dropped["number"].implode())
        single = (pl.col("fate") < DELETED_LINE_RATE) & (pl.len().over("number") > 1) & (pl.col("position") > 10)
        corrected = pl.col("fate") > 1 - CORRECTED_LINE_RATE
        lines = lines.with_columns(fate=pl.Series(fate), factor=pl.Series(factor)).with_columns(
            event=pl.when(whole | single).then(pl.lit("D")).when(corrected).then(pl.lit("U"))
        )
        deleted = lines.filter(pl.col("event") == "D").drop("fate", "factor", "event").with_columns(mode=pl.lit("D"))
        updated = lines.filter(pl.col("event") == "U")
        pieces = np.maximum(1, np.rint(np.abs(updated["quantity"].to_numpy()) / 1000 * updated["factor"].to_numpy()))
        pieces = np.where(pieces * 1000 == updated["quantity"].to_numpy(), pieces + 1, pieces)
        quantity = pieces.astype(np.int64) * 1000
        amount = net_amount(quantity, updated["price"].to_numpy(), updated["price_unit"].to_numpy())
        updated = updated.drop("fate", "factor", "event").with_columns(
            quantity=pl.Series(quantity), amount=pl.Series(amount), mode=pl.lit("U")
        )
        self.recent = Sales(
            orders.join(dropped, on="number", how="anti", maintain_order="left"),
            self.recent.lines.join(deleted, on=["number", "position"], how="anti", maintain_order="left").update(
                updated.drop("mode"), on=["number", "position"]
            ),
        )
        return Sales(dropped.with_columns(mode=pl.lit("D")), pl.concat([updated, deleted]))

    def _change_customers(self, rng: np.random.Generator) -> Tables:
        """New customers, new addresses, and accounts that someone deleted in the CRM."""
        known = len(self.customers)
        born = int(rng.binomial(max(2, round(2 * self.scale)), 0.28 * min(1.0, self.scale)))
        new = [draw_customer(rng, known + index, self.day, self.names) for index in range(born)]
        in_crm: list[Customer] = []
        in_erp: list[Customer] = []
        fates = rng.random(known)
        for index in np.flatnonzero(fates < MOVED_CUSTOMER_RATE + DELETED_ACCOUNT_RATE):
            customer = self.customers[index]
            if customer.is_deleted or customer.gone <= self.day:
                continue
            customer = replace(customer, modified=office_hour(rng, self.day))
            if fates[index] < DELETED_ACCOUNT_RATE:
                customer = replace(customer, is_deleted=True)
            else:
                customer = replace(customer, address=draw_address(rng, customer.country))
                if rng.random() >= MOVED_IN_CRM_ONLY_SHARE:
                    customer = replace(customer, erp_address=customer.address)
                    in_erp.append(customer)
            self.customers[index] = customer
            in_crm.append(customer)
        self.customers += new
        if new:
            self.market = Market(self.customers, self.products)
        return {
            "salesforce/Account": account(new + in_crm),
            "sap/KNA1": pl.concat([kna1(new, "C"), kna1(in_erp, "U")], how="diagonal"),
        }

    def _change_costs(self, rng: np.random.Generator) -> Tables:
        """New standard costs of one to three products, now and then."""
        if rng.random() >= COST_CHANGE_SHARE:
            return {}
        changed = []
        for index in rng.choice(len(self.products), int(rng.integers(1, 4)), replace=False):
            product = self.products[index]
            cost = max(1, round(product.cost * (1 + rng.normal(0.01, 0.03))))
            self.products[index] = replace(product, cost=cost)
            changed.append(self.products[index])
        return {"sap/MBEW": mbew(changed, "U")}


def write_drops(folder: Path, *, seed: int = 1, days: int = 0, scale: float = 1.0) -> list[Drop]:
    """Bring the extracts in ``folder`` to HISTORY_END + ``days``; write only the drops that are not there yet.

    Files are ``<folder>/<system>/<table>/<day>.csv``; a drop is there once its marker ``.drops/<day>.json`` is.
    ``scale`` multiplies customers and orders; the catalogue stays. Returns the drops written, oldest first.

    Raises ConcordError if ``days`` or ``scale`` is out of range, or if the folder belongs to another seed or scale.
    """
    if days < 0 or scale <= 0:
        raise ConcordError(f"Cannot simulate {days} days at scale {scale}.", hint="Days start at 0, scale above 0.")
    markers = folder / ".drops"
    markers.mkdir(parents=True, exist_ok=True)
    _refuse_other_company(markers, seed, scale)
    company = Company(seed, scale)
    written = []
    if not _marker(markers, HISTORY_END).exists():
        written.append(_write_drop(folder, company, company.history()))
    for _ in range(days):
        tables = company.next_day()
        if not _marker(markers, company.day).exists():
            written.append(_write_drop(folder, company, tables))
    return written


def _marker(markers: Path, day: date) -> Path:
    return markers / f"{day}.json"


def _refuse_other_company(markers: Path, seed: int, scale: float) -> None:
    for path in markers.glob("[0-9]*.json"):
        found = json.loads(path.read_text())
        if (found["seed"], found["scale"]) != (seed, scale):
            raise ConcordError(
                f"{markers.parent} holds the company of seed {found['seed']} and scale {found['scale']}.",
                hint="Ask for that one, or name an empty folder.",
            )


def _write_drop(folder: Path, company: Company, tables: Tables) -> Drop:
    drop = Drop(company.day, {name: table.height for name, table in sorted(tables.items()) if table.height})
    for name in drop.rows:
        target = folder / name / f"{drop.day}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        # Null and not "" so that an empty field is written without quotes.
        text = tables[name].with_columns(pl.when(pl.all() != "").then(pl.all())).write_csv(line_terminator="\n")
        _write_file(target, [text])
    marker = {"day": f"{drop.day}", "seed": company.seed, "scale": company.scale, "rows": drop.rows}
    _write_file(_marker(folder / ".drops", drop.day), [json.dumps(marker, indent=2), "\n"])
    return drop


def _write_file(target: Path, parts: Iterable[str]) -> None:
    aside = target.with_name(f".{target.name}.part")
    with aside.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(parts)
    move_into_place(aside, target)


def advance(folder: Path, *, seed: int = 1, days: int = 1, scale: float = 1.0) -> list[Drop]:
    """Write the history of a new company, or let the one in ``folder`` live on for ``days`` days; returns the drops written.

    Raises ConcordError as `write_drops` does.
    """
    lived = [date.fromisoformat(path.stem) for path in (folder / ".drops").glob("[0-9]*.json")]
    if not lived:
        return write_drops(folder, seed=seed, scale=scale)
    return write_drops(folder, seed=seed, scale=scale, days=(max(lived) - HISTORY_END).days + days)
