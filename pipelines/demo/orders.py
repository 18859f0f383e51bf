"""The sales orders of the simulated company: drawn day by day, written as VBAK and VBAP."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.customers import Customer
from pipelines.demo.products import CLIENT, PLANT, Product
from pipelines.demo.seasons import HISTORY_START, day_rng, expected_orders, price_level

EMPTY_MATERIAL_RATE = 0.00025
NEGATIVE_QUANTITY_RATE = 0.00025
ZERO_ORDER_DATE_RATE = 0.0002
REJECTED_SHARE = 0.015
LATE_ENTRY_SHARE = 0.05  # typed in one to three days after the order date
MEAN_FURTHER_LINES = 1.6
UNIX_EPOCH = date(1970, 1, 1).toordinal()
REASONS = ("", "01", "02", "61")

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Drawn = tuple[dict[str, npt.NDArray[Any]], dict[str, npt.NDArray[Any]]]
"""Columns of the orders and of the lines of a day; all days are turned into tables at once, which is far quicker."""


@dataclass(frozen=True)
class Sales:
    """Orders with their lines.

    ``orders``, one row an order: number, entered, ordered (null where the mess wants it so), requested, customer.
    ``lines``, one row a line: number, position, material (null where the mess wants it so), quantity in thousandths,
    unit, price in cents for price_unit units, price_unit, amount in cents, reason of rejection.
    Both end in ``mode``, the ODQ_CHANGEMODE.
    """

    orders: pl.DataFrame
    lines: pl.DataFrame


class Market:
    """Customers and products as columns, ready to draw orders from.

    An order of a day depends on those who were there the day before, so customers added later change no past day.
    """

    def __init__(self, customers: list[Customer], products: list[Product]) -> None:
        buyers = [customer for customer in customers if customer.number is not None]
        self.customer: Integers = np.array([buyer.number for buyer in buyers], dtype=np.int64)
        self.born: Integers = np.array([buyer.erp_created.toordinal() for buyer in buyers], dtype=np.int64)
        self.gone: Integers = np.array([buyer.gone.toordinal() for buyer in buyers], dtype=np.int64)
        self.weight: Floats = np.array([buyer.weight for buyer in buyers])
        self.discount: Floats = np.array([buyer.discount for buyer in buyers])
        self.material: Integers = np.array([product.number for product in products], dtype=np.int64)
        self.launched: Integers = np.array([product.launched.toordinal() for product in products], dtype=np.int64)
        self.popularity: Floats = np.array([product.popularity for product in products])
        self.price: Floats = np.array([float(product.price) for product in products])
        self.price_unit: Integers = np.array([product.group.price_unit for product in products], dtype=np.int64)
        self.quantity: Floats = np.array([float(product.group.quantity) for product in products])
        self.unit = np.array([product.group.unit for product in products])

    def sales(self, seed: int, days: list[date], scale: float) -> Sales:
        """The orders entered on ``days``, always the same ones; ``scale`` multiplies their mean number."""
        return self.table([self.draw(day_rng(seed, day), day, scale) for day in days])

    def draw(self, rng: np.random.Generator, day: date, scale: float) -> Drawn:
        """Draw the orders entered on ``day`` from ``rng``, which must be fresh from ``day_rng`` to find them again."""
        today = day.toordinal()
        active = self.weight * ((self.born < today) & (today < self.gone))
        count = int(rng.poisson(expected_orders(day) * scale)) if active.any() else 0
        buyer = weighted(rng, active, count)
        number = first_number(day) + np.arange(count)
        late = np.where(rng.random(count) < LATE_ENTRY_SHARE, rng.integers(1, 4, count), 0)
        ordered = np.maximum(today - late, HISTORY_START.toordinal())
        requested = today + rng.integers(3, 31, count)
        has_date = rng.random(count) >= ZERO_ORDER_DATE_RATE
        further = rng.poisson(MEAN_FURTHER_LINES, count)

        order = np.repeat(np.arange(count), 1 + further)
        size = len(order)
        first_of_order = np.cumsum(1 + further) - (1 + further)
        product = weighted(rng, self.popularity * (self.launched < today), size)
        pieces = np.maximum(1, np.rint(self.quantity[product] * rng.lognormal(0, 0.8, size))).astype(np.int64)
        quantity = pieces * 1000 + np.where(self.unit[product] == "M", 500 * rng.integers(0, 2, size), 0)
        agreed = (1 - self.discount[buyer[order]]) * rng.uniform(0.97, 1.03, size)
        price = np.maximum(1, np.rint(self.price[product] * price_level(day) * agreed)).astype(np.int64)
        amount = net_amount(quantity, price, self.price_unit[product])
        reason = np.where(rng.random(size) < REJECTED_SHARE, rng.integers(1, len(REASONS), size), 0)
        mess = rng.random(size)
        has_material = mess >= EMPTY_MATERIAL_RATE
        is_negative = ~has_material ^ (mess < EMPTY_MATERIAL_RATE + NEGATIVE_QUANTITY_RATE)

        orders = {
            "number": number,
            "entered": np.full(count, today - UNIX_EPOCH),
            "ordered": ordered - UNIX_EPOCH,
            "requested": requested - UNIX_EPOCH,
            "customer": self.customer[buyer],
            "has_date": has_date,
        }
        lines = {
            "number": number[order],
            "position": (np.arange(size) - first_of_order[order] + 1) * 10,
            "product": product,
            "quantity": np.where(is_negative, -quantity, quantity),
            "price": price,
            "amount": amount,
            "reason": reason,
            "has_material": has_material,
        }
        return orders, lines

    def table(self, drawn: list[Drawn]) -> Sales:
        """The drawn days as one table of orders and one of lines, in the order given."""
        orders, lines = (
            pl.DataFrame({name: np.concatenate([day[part][name] for day in drawn]) for name in drawn[0][part]})
            for part in (0, 1)
        )
        product = lines["product"].to_numpy()
        has_material = lines["has_material"].to_numpy()
        dates = pl.col("entered", "ordered", "requested").cast(pl.Int32).cast(pl.Date)
        return Sales(
            orders.with_columns(dates)
            .with_columns(pl.when("has_date").then("ordered").alias("ordered"), pl.lit("C").alias("mode"))
            .drop("has_date"),
            lines.select(
                "number",
                "position",
                pl.when(pl.Series(has_material)).then(pl.Series(self.material[product])).alias("material"),
                "quantity",
                pl.Series("unit", self.unit[product], dtype=pl.String),
                "price",
                pl.Series("price_unit", self.price_unit[product]),
                "amount",
                pl.Series("reason", np.array(REASONS)[lines["reason"].to_numpy()], dtype=pl.String),
                pl.lit("C").alias("mode"),
            ),
        )


def first_number(day: date) -> int:
    """Number of the first order entered on ``day``; every day has a range of its own."""
    return ((day - HISTORY_START).days + 1) * 100_000 + 1


def weighted(rng: np.random.Generator, weights: Floats, count: int) -> Integers:
    """Draw ``count`` positions of ``weights``, each as often as its weight says."""
    ladder = np.cumsum(weights)
    return np.searchsorted(ladder, rng.random(count) * (ladder[-1] if count else 0), side="right").astype(np.int64)


def net_amount(quantity: Integers, price: Integers, price_unit: Integers) -> Integers:
    """Amounts in cents, half a cent up, of quantities in thousandths at prices in cents for ``price_unit`` units."""
    return (2 * quantity * price + 1000 * price_unit) // (2000 * price_unit)


def vbak(orders: pl.DataFrame) -> pl.DataFrame:
    """Rows of VBAK for ``Sales.orders``; every column is text."""
    return orders.select(
        pl.lit(CLIENT).alias("MANDT"),
        padded("number", 10).alias("VBELN"),
        pl.col("entered").dt.strftime("%Y%m%d").alias("ERDAT"),
        pl.col("ordered").dt.strftime("%Y%m%d").fill_null("00000000").alias("AUDAT"),
        pl.lit("1000").alias("VKORG"),
        pl.lit("1000").alias("BUKRS_VF"),
        padded("customer", 10).alias("KUNNR"),
        pl.lit("EUR").alias("WAERK"),
        pl.col("requested").dt.strftime("%Y%m%d").alias("VDATU"),
        pl.col("mode").alias("ODQ_CHANGEMODE"),
    )


def vbap(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of VBAP for ``Sales.lines``; every column is text."""
    return lines.select(
        pl.lit(CLIENT).alias("MANDT"),
        padded("number", 10).alias("VBELN"),
        padded("position", 6).alias("POSNR"),
        padded("material", 18).alias("MATNR"),
        fixed_point("quantity", 3).alias("KWMENG"),
        pl.col("unit").alias("VRKME"),
        fixed_point("price", 2).alias("NETPR"),
        pl.col("price_unit").cast(pl.String).alias("KPEIN"),
        fixed_point("amount", 2).alias("NETWR"),
        pl.lit(PLANT).alias("WERKS"),
        pl.col("reason").alias("ABGRU"),
        pl.col("mode").alias("ODQ_CHANGEMODE"),
    )


def padded(column: str, width: int) -> pl.Expr:
    """An integer column as text with leading zeros."""
    return pl.col(column).cast(pl.String).str.zfill(width)


def fixed_point(column: str, places: int) -> pl.Expr:
    """An integer column that counts 10^-``places`` as a decimal number in text."""
    size = pl.col(column).abs()
    sign = pl.when(pl.col(column) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    fraction = (size % 10**places).cast(pl.String).str.zfill(places)
    return pl.concat_str(sign, (size // 10**places).cast(pl.String), pl.lit("."), fraction)
