"""Payables: suppliers' invoices wait for the weekly payment runs, which take cash discounts where they are offered."""

import numpy as np
import polars as pl

from pipelines.demo.calendar import business_day
from pipelines.demo.finance import open_items
from pipelines.demo.finance.open_items import SUPPLIERS
from pipelines.demo.finance.payment_behaviour import (
    DISCOUNT_DAYS,
    DISCOUNT_TERMS,
    Ints,
    business_day_before,
    discount,
    net_days,
    next_weekday,
)
from pipelines.demo.world import World

RUN_WEEKDAY = {1000: 3, 2000: 4, 3000: 2}
"""The weekday of each company's payment run, 0 for Monday."""
DISCOUNT_RATE = 0.9  # of the invoices that offer one: the others are approved too late
HELD_RATE = 0.06  # of all invoices: a question is open, and they miss some runs


def live(world: World, invoices: pl.DataFrame) -> None:
    """Live a month: take in its ``invoices``, pay what its runs pay, record what is open at its end. Once in every month.

    ``invoices``: company, lifnr, belnr, gjahr, posted, currency, amount (gross, minor units, positive), local, group, terms,
    reference; optional buzei, the line of the document that is on the control account (the first). State ``open_payable`` has the
    columns of open_items.ITEM, with amounts as they are posted: negative.
    """
    entering = open_items.items(_planned(world, invoices.filter(pl.col("amount") != 0)))
    open_items.enter(world, SUPPLIERS, entering)
    waiting = pl.concat([open_items.open_now(world, SUPPLIERS), entering])
    is_due = pl.col("pay_day") <= world.month.last
    open_items.settle(world, SUPPLIERS, waiting.filter(is_due))
    still_open = waiting.filter(~is_due)
    world.state[SUPPLIERS.state] = still_open
    open_items.record_balance(world, SUPPLIERS, still_open)


def _planned(world: World, invoices: pl.DataFrame) -> pl.DataFrame:
    dice = world.rng("payables").random((3, invoices.height))
    weekdays = invoices["company"].replace_strict(RUN_WEEKDAY, default=3, return_dtype=pl.Int64).to_numpy()
    posted = invoices["posted"].to_numpy().astype(np.int64)
    days = net_days(invoices["terms"])
    held = np.where(dice[0] < HELD_RATE, 10 + np.floor(32 * dice[1]).astype(np.int64), 0)
    offers = (invoices["terms"] == DISCOUNT_TERMS).fill_null(value=False).to_numpy()
    takes = offers & (held == 0) & (dice[2] < DISCOUNT_RATE)
    # The run nearest to the due day; for a discount the last one in time, a day earlier where that is a holiday.
    run = np.where(takes, _run_by(posted + DISCOUNT_DAYS, weekdays), next_weekday(posted + days - 3 + held, weekdays))
    pays = business_day_before(run.astype(np.int32))
    pays = np.where(pays > posted, pays, business_day(posted + 1)).astype(np.int32)
    takes &= pays <= posted + DISCOUNT_DAYS
    amounts = -invoices["amount"].to_numpy().astype(np.int64)
    if "buzei" not in invoices.columns:
        invoices = invoices.with_columns(buzei=pl.lit(1, dtype=pl.Int64))
    return invoices.with_columns(
        pl.col("lifnr").alias("partner"),
        pl.lit(SUPPLIERS.invoice_kind).alias("kind"),
        pl.Series("amount", amounts),
        -pl.col("local"),
        -pl.col("group"),
        pl.Series("net_days", days),
        pl.Series("pay_day", pays),
        pl.lit(open_items.PAY).alias("action"),
        pl.Series("discount", np.where(takes, discount(amounts), 0)),
        pl.lit(0, dtype=pl.Int64).alias("rest"),
    )


def _run_by(days: Ints, weekdays: Ints) -> Ints:
    """The last run on or before each of ``days``."""
    return next_weekday(days - 6, weekdays)
