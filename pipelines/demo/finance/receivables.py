"""Receivables: invoices wait for their customers' payments, which clear them with discounts, rests and exchange differences."""

import polars as pl

from pipelines.demo.finance import open_items, payment_behaviour
from pipelines.demo.finance.open_items import CUSTOMERS
from pipelines.demo.world import World


def live(world: World, invoices: pl.DataFrame) -> None:
    """Live a month: take in its ``invoices``, book the payments of the month, record what is open at its end.

    ``invoices``: company, kunnr, party, belnr, gjahr, posted, currency, amount (gross, minor units; negative for a credit
    memo), local, group, terms, reference, is_disputed; optional buzei, the line of the documents that is on the control account
    (the first), and for an invoice that is cancelled cancel_day and cancel_belnr, the day, after the invoice's own, and the
    number of the document that cancels it this month (which is no row itself). State ``open_item`` has the columns of
    open_items.ITEM.
    """
    invoices = _with_optional(invoices.filter(pl.col("amount") != 0))
    is_cancelled = pl.col("cancel_belnr").is_not_null()
    _cancel(world, invoices.filter(is_cancelled))
    entering = open_items.items(_planned(world, invoices.filter(~is_cancelled)))
    open_items.enter(world, CUSTOMERS, entering)
    waiting = pl.concat([open_items.open_now(world, CUSTOMERS), entering])
    waiting = _with_credits_netted(world.month.last, waiting)
    is_due = pl.col("pay_day") <= world.month.last
    left = open_items.settle(world, CUSTOMERS, waiting.filter(is_due))
    still_open = pl.concat([waiting.filter(~is_due), left])
    world.state[CUSTOMERS.state] = still_open
    open_items.record_balance(world, CUSTOMERS, still_open)


def _with_optional(invoices: pl.DataFrame) -> pl.DataFrame:
    optional = {
        "buzei": pl.lit(1, pl.Int64),
        "cancel_day": pl.lit(None, pl.Int32),
        "cancel_belnr": pl.lit(None, pl.Int64),
    }
    absent = [value.alias(name) for name, value in optional.items() if name not in invoices.columns]
    own = (pl.col("kunnr").alias("partner"), pl.lit(CUSTOMERS.invoice_kind).alias("kind"))
    return invoices.with_columns(*absent, *own)


def _cancel(world: World, invoices: pl.DataFrame) -> None:
    if invoices.height == 0:
        return
    cancelled = open_items.items(invoices).with_columns(
        invoices["cancel_day"],
        invoices["cancel_belnr"],
        net_days=pl.Series(payment_behaviour.net_days(invoices["terms"])),
    )
    open_items.enter_cancelled(world, CUSTOMERS, cancelled)


def _planned(world: World, invoices: pl.DataFrame) -> pl.DataFrame:
    """``invoices`` with the plan of each; records the truth ``payment_behaviour``."""
    parties = world.state["party"].select("party", "pay_mean", "pay_sd", "pay_style", "gone_day")
    invoices = invoices.join(parties, on="party", how="left", maintain_order="left")
    planned = payment_behaviour.plan(world.seed, world.rng("receivables"), invoices)
    world.record(
        "payment_behaviour",
        planned.filter(pl.col("behaviour") != "credit").select(
            "company",
            "kunnr",
            "party",
            "reference",
            "posted",
            "due_day",
            "pay_day",
            (pl.col("pay_day") - pl.col("due_day")).alias("delay_days"),
            pl.col("behaviour").alias("kind"),
        ),
    )
    return planned


def _with_credits_netted(last: int, waiting: pl.DataFrame) -> pl.DataFrame:
    """``waiting`` with the credit memos that the customer takes off its next payment due on that day.

    They wait where they are more than the payment; what no payment takes is paid out in the end.
    """
    keys = ["company", "partner", "currency"]
    is_credit = (pl.col("amount") < 0) & (pl.col("action") == open_items.PAY)
    waiting = waiting.with_row_index("_row")
    memos = waiting.filter(is_credit & (pl.col("posted") < last)).select("_row", *keys, "posted", "pay_day", "amount")
    if memos.height == 0:
        return waiting.drop("_row")
    payments = (
        waiting.filter((pl.col("amount") > 0) & (pl.col("action") == open_items.PAY) & (pl.col("pay_day") <= last))
        .join(memos.select(keys).unique(), on=keys, how="semi")
        .group_by(*keys, "pay_day")
        .agg(paid=(pl.col("amount") - pl.col("discount") - pl.col("rest")).sum())
        .sort("pay_day", *keys)
        .with_columns(netted_on="pay_day")
    )
    netted = (
        memos.sort("posted", "_row")
        .with_columns(after=pl.col("posted") + 1)
        .join_asof(
            payments.rename({"pay_day": "day"}),
            left_on="after",
            right_on="day",
            by=keys,
            strategy="forward",
            check_sortedness=False,
        )
        .filter(pl.col("netted_on") < pl.col("pay_day"))
        .filter(pl.col("amount").sum().over(*keys, "netted_on") + pl.col("paid") > 0)
    )
    return (
        waiting.join(netted.select("_row", "netted_on"), on="_row", how="left", maintain_order="left")
        .with_columns(pay_day=pl.coalesce("netted_on", "pay_day"))
        .drop("_row", "netted_on")
    )
