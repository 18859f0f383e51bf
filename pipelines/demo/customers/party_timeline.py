"""When parties come and go: lead, account, first order and the day of the last one, decided at birth."""

import numpy as np
import polars as pl

from pipelines.demo.calendar import HISTORY_START, Days, Month, business_day, day_number, is_business_day
from pipelines.demo.scales import Scale

START = day_number(HISTORY_START)
CRM_START = START - 2430
"""The day that the CRM went live, some seven years before the history; older customers were migrated in the weeks after."""

FOUNDED_SHARE = 0.6
PROSPECT_SHARE = 0.12
LEAD_SHARE = 0.5
LEAD_DAYS = (10, 120)
ORDER_DELAY_SHAPE, ORDER_DELAY_SCALE = 1.5, 30.0
MEAN_LIFETIME_DAYS = 13.5 * 365.25  # 7 % leave a year
SHORT_LIVED_SHARE, SHORT_LIFETIME_DAYS = 0.10, 240.0
LONG_GONE_SHARE = 0.07
HISTORY_MONTHS = 36
YEARLY_BIRTH_GROWTH = 0.15


def _births_until(total: float, months: int) -> int:
    """How many of ``total`` births of the history there are in its first ``months``; later months are like the last one."""
    rates = (1 + YEARLY_BIRTH_GROWTH) ** (np.arange(HISTORY_MONTHS) / 12)
    inside = rates[: min(months, HISTORY_MONTHS)].sum() + rates[-1] * max(months - HISTORY_MONTHS, 0)
    return int(np.floor(total * inside / rates.sum() + 0.5))


def births(scale: Scale, month: int) -> tuple[int, int]:
    """How many parties that will buy, and how many that never will, are born in the month ``month`` (0, 1, …)."""
    buyers = scale.customers * (1 - FOUNDED_SHARE)
    prospects = buyers * PROSPECT_SHARE / (1 - PROSPECT_SHARE)
    return (
        _births_until(buyers, month + 1) - _births_until(buyers, month),
        _births_until(prospects, month + 1) - _births_until(prospects, month),
    )


def _days(values: np.ndarray) -> Days:
    days: Days = np.floor(values).astype(np.int32)
    return days


def _first_order(rng: np.random.Generator, account_day: Days) -> Days:
    return business_day(account_day + _days(rng.gamma(ORDER_DELAY_SHAPE, ORDER_DELAY_SCALE, len(account_day))))


def _frame(lead_day: Days | None, account_day: Days, customer_from: Days | None, gone_day: Days) -> pl.DataFrame:
    absent = pl.Series([None] * len(account_day), dtype=pl.Int32)
    return pl.DataFrame(
        {
            "lead_day": absent if lead_day is None else pl.Series(lead_day, dtype=pl.Int32),
            "account_day": pl.Series(account_day, dtype=pl.Int32),
            "customer_from": absent if customer_from is None else pl.Series(customer_from, dtype=pl.Int32),
            "gone_day": pl.Series(gone_day, dtype=pl.Int32),
        }
    )


def founding_days(rng: np.random.Generator, scale: Scale) -> pl.DataFrame:
    """The days of the parties that are known before the history: lead_day | account_day | customer_from | gone_day.

    Most buy already. Some (as many as are always on the way) have their account, or get it soon, and order later.
    """
    count = round(scale.customers * FOUNDED_SHARE)
    since = START - 1 - _days(5400 * rng.random(count) ** 1.5)
    since = np.minimum(business_day(since), START - 1).astype(np.int32)
    before = since - _days(rng.gamma(ORDER_DELAY_SHAPE, ORDER_DELAY_SCALE, count))
    migrated = CRM_START + _days(60 * rng.random(count))
    account_day = np.where(before < CRM_START, migrated, before).astype(np.int32)
    alive = START + _days(rng.exponential(MEAN_LIFETIME_DAYS, count))
    left = np.minimum(since + 60 + _days((START - since) * rng.random(count)), START - 1)
    is_left = rng.random(count) < LONG_GONE_SHARE
    buying = _frame(None, account_day, since, np.where(is_left, left, alive).astype(np.int32))

    a_day = births(scale, 0)[0] / 30
    opened = round(a_day * ORDER_DELAY_SHAPE * ORDER_DELAY_SCALE)
    account_day = START - 1 - _days(rng.exponential(40, opened))
    customer_from = business_day(START + 1 + _days(rng.exponential(40, opened)))
    lifetime = 30 + _days(rng.exponential(MEAN_LIFETIME_DAYS, opened))
    known = _frame(None, account_day, customer_from, customer_from + lifetime)

    announced = round(a_day * LEAD_SHARE * sum(LEAD_DAYS) / 2)
    account_day = business_day(START + _days(LEAD_DAYS[1] * rng.random(announced) ** 2))
    customer_from = _first_order(rng, account_day)
    lifetime = 30 + _days(rng.exponential(MEAN_LIFETIME_DAYS, announced))
    coming = _frame(None, account_day, customer_from, customer_from + lifetime)

    prospects = round(scale.customers * FOUNDED_SHARE * PROSPECT_SHARE / (1 - PROSPECT_SHARE))
    account_day = START - 1 - _days(2200 * rng.random(prospects) ** 1.5)
    cold = _frame(None, account_day, None, START + _days(rng.exponential(900, prospects)))
    return pl.concat([buying, known, coming, cold]).sort("account_day", maintain_order=True)


def days_of_births(rng: np.random.Generator, scale: Scale, month: Month) -> pl.DataFrame:
    """The days of the parties whose lead or (without one) account is of ``month``; columns as of `founding_days`."""
    buyers, prospects = births(scale, month.index)
    count = buyers + prospects
    open_days = month.days[is_business_day(month.days)]
    first = open_days[rng.integers(0, len(open_days), count)].astype(np.int32)
    has_lead = rng.random(count) < LEAD_SHARE
    converted = business_day(first + rng.integers(LEAD_DAYS[0], LEAD_DAYS[1] - 5, count))
    account_day = np.where(has_lead, converted, first).astype(np.int32)
    customer_from = _first_order(rng, account_day)
    is_short = rng.random(count) < SHORT_LIVED_SHARE
    lifetime = 30 + _days(rng.exponential(np.where(is_short, SHORT_LIFETIME_DAYS, MEAN_LIFETIME_DAYS)))
    is_buyer = np.arange(count) < buyers
    cold = account_day + 30 + _days(rng.exponential(900, count))
    frame = _frame(
        first, account_day, customer_from, np.where(is_buyer, customer_from + lifetime, cold).astype(np.int32)
    )
    frame = frame.with_columns(
        pl.when(pl.Series(has_lead)).then("lead_day").alias("lead_day"),
        pl.when(pl.Series(is_buyer)).then("customer_from").alias("customer_from"),
    )
    return frame[rng.permutation(count)].sort(pl.coalesce("lead_day", "account_day"), maintain_order=True)
