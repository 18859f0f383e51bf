"""How customers pay: the delays, discounts, short payments, disputes and losses that are drawn when an invoice enters.

Delays around a customer's own mean are skewed to the right, as in studies of trade credit: a gamma of shape 2, made to mean 0 and
spread 1. Many customers pay in a weekly run.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import Days, business_day, is_business_day
from pipelines.demo.finance.open_items import PAY, WRITE_OFF
from pipelines.demo.lookup import looked_up

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

NET_DAYS = {"Z014": 14, "Z030": 30, "Z045": 45, "Z060": 60, "Z02D": 30}
"""Days to pay by terms of payment; Z02D gives DISCOUNT_PERCENT for paying within DISCOUNT_DAYS."""
DISCOUNT_TERMS, DISCOUNT_PERCENT, DISCOUNT_DAYS = "Z02D", 2, 10

PROMPT_DAYS = 3
WEEKLY_RUN_SHARE = 0.6
INSOLVENT_SHARE = 0.05  # of the customers that go
SHORT_RATE, SHORT_RATE_OTHERS = 0.03, 0.0015
DISPUTE_RATE, DISPUTE_RATE_OTHERS = 0.05, 0.002
LOSS_RATE = 0.0004


def net_days(terms: pl.Series) -> Ints:
    """Days to pay for each of ``terms``; unknown terms are 30 days."""
    days = terms.to_frame("terms").select(looked_up("terms", NET_DAYS, pl.Int64).fill_null(30))
    return np.asarray(days["terms"].to_numpy(), dtype=np.int64)


def discount(amounts: Ints) -> Ints:
    """The cash discount on each of ``amounts``, with its sign, half a unit away from zero."""
    return np.asarray(np.sign(amounts) * ((2 * np.abs(amounts) * DISCOUNT_PERCENT + 100) // 200), dtype=np.int64)


def business_day_before(days: Days) -> Days:
    """The last business day at or before each of ``days``."""
    for _ in range(7):
        days = np.where(is_business_day(days), days, days - 1).astype(np.int32)
    return days


def next_weekday(days: npt.NDArray[np.integer], weekdays: Ints) -> Ints:
    """The first day at or after each of ``days`` that is the weekday (0 Monday) of ``weekdays``."""
    return np.asarray(days + (weekdays - (days.astype(np.int64) + 3)) % 7, dtype=np.int64)


def trait(seed: int, parties: Ints, name: int) -> Floats:
    """A number in [0, 1) that belongs to each party for ever, one by the number of each trait (mixed as in SplitMix64)."""
    mixed = parties.astype(np.uint64) + np.uint64((seed * 1_000_003 + name * 7_919 + 1) % 2**64)
    for factor in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB):
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(factor)
    return np.asarray((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11), dtype=np.float64) / 2.0**53


def plan(seed: int, rng: np.random.Generator, invoices: pl.DataFrame) -> pl.DataFrame:
    """``invoices`` with what is planned for each: when it is paid, how much of it, and what happens to the rest.

    Needs posted, amount (minor units; negative for a credit memo), terms, is_disputed, and of its party: party, pay_mean and
    pay_sd (days after due), pay_style, gone_day.
    Adds net_days, due_day, pay_day, action, discount, rest, rest_day and rest_action (see open_items.ITEM), and ``behaviour``:
    prompt, early, late, short, disputed, written_off, or credit for a credit memo.
    """
    count = invoices.height
    dice = rng.random((12, count))
    skew = (rng.standard_gamma(2.0, count) - 2) / np.sqrt(2)
    amounts = invoices["amount"].to_numpy().astype(np.int64)
    posted = invoices["posted"].to_numpy().astype(np.int64)
    parties = invoices["party"].fill_null(0).to_numpy().astype(np.int64)
    styles = invoices["pay_style"].fill_null("prompt")
    due = posted + net_days(invoices["terms"])
    mean, spread = (invoices[name].fill_null(3.0).to_numpy().astype(np.float64) for name in ("pay_mean", "pay_sd"))
    delay = mean + spread * skew
    delay += np.where((styles == "late").to_numpy() & (dice[0] < 0.12), 10 + 35 * dice[1], 0)
    pays = np.maximum(np.floor(due + delay + 0.5).astype(np.int64), posted + 2)
    run_weekday = np.where(trait(seed, parties, 1) < WEEKLY_RUN_SHARE, np.floor(5 * trait(seed, parties, 2)), -1)
    pays = np.maximum(_in_run(pays, run_weekday.astype(np.int64)), business_day(posted + 1)).astype(np.int64)

    is_credit = amounts < 0
    is_disputed = _happens(dice[2], styles, "disputes", DISPUTE_RATE, DISPUTE_RATE_OTHERS)
    is_disputed = (is_disputed | invoices["is_disputed"].fill_null(value=False).to_numpy()) & ~is_credit
    offers = (invoices["terms"] == DISCOUNT_TERMS).fill_null(value=False).to_numpy() & ~is_credit & ~is_disputed
    takes = np.where((styles == "discount").to_numpy(), 0.8, 0.35)
    in_time = offers & (dice[3] < takes)
    unduly = offers & ~in_time & (dice[3] < takes * 1.15)
    pays = np.where(in_time, _within_discount(posted, dice[4], run_weekday.astype(np.int64)), pays)
    too_late = business_day(posted + DISCOUNT_DAYS + 1 + np.floor(8 * dice[4]).astype(np.int64))
    pays = np.where(unduly, too_late, pays)

    is_short = _happens(dice[5], styles, "short", SHORT_RATE, SHORT_RATE_OTHERS) & ~is_disputed & ~is_credit
    pays = np.where(is_disputed, business_day(due + 30 + np.floor(61 * dice[4]).astype(np.int64)), pays)
    is_partly = is_disputed & (dice[6] < 0.4)
    withheld = np.where(is_partly, 0.1 + 0.4 * dice[7], np.where(is_short, 0.02 + 0.1 * dice[7], 0.0))
    rest = np.floor(np.abs(amounts) * withheld + 0.5).astype(np.int64)
    rest_days = business_day(pays + 35 + np.floor(60 * dice[8]).astype(np.int64))
    is_given_up = dice[9] < np.where(is_partly, 0.4, 0.35)

    pays = np.where(is_credit, business_day(posted + 60 + np.floor(60 * dice[4]).astype(np.int64)), pays)
    is_lost, lost_days = _lost(seed, invoices, parties, pays, due, dice[10:])
    is_lost &= ~is_credit
    pays = np.where(is_lost, lost_days, pays)
    rest = np.where(is_lost, 0, rest)
    taken = np.where((in_time | unduly) & ~is_lost, discount(amounts), 0)
    behaviour = np.select(
        [is_credit, is_lost, is_disputed, rest > 0, pays < due, pays <= due + PROMPT_DAYS],
        ["credit", "written_off", "disputed", "short", "early", "prompt"],
        "late",
    )
    return invoices.with_columns(
        pl.Series("net_days", due - posted),
        pl.Series("due_day", due.astype(np.int32)),
        pl.Series("pay_day", pays.astype(np.int32)),
        pl.Series("action", np.where(is_lost, WRITE_OFF, PAY).astype(str), dtype=pl.String),
        pl.Series("discount", taken),
        pl.Series("rest", rest),
        pl.Series("rest_day", rest_days),
        pl.Series("rest_action", np.where(is_given_up, WRITE_OFF, PAY).astype(str), dtype=pl.String),
        pl.Series("behaviour", behaviour.astype(str), dtype=pl.String),
    )


def _happens(dice: Floats, styles: pl.Series, style: str, rate: float, rate_of_others: float) -> Bools:
    return np.asarray(dice < np.where((styles == style).to_numpy(), rate, rate_of_others), dtype=np.bool_)


def _in_run(days: Ints, weekdays: Ints) -> Days:
    """The business days of payment: in the run of the weekday, which is negative for a customer that pays on any day."""
    # The run nearest to the day that the customer had in mind, so that runs do not make customers pay later.
    return business_day(np.where(weekdays >= 0, next_weekday(days - 3, weekdays), days))


def _within_discount(posted: Ints, dice: Floats, weekdays: Ints) -> Days:
    """Days of payment, from 4 days after the invoice to the last day of the discount."""
    deadline = posted + DISCOUNT_DAYS
    wanted = posted + 4 + np.floor((DISCOUNT_DAYS - 3) * dice).astype(np.int64)
    run = np.where(weekdays >= 0, next_weekday(wanted, weekdays), wanted)
    run = np.where(run > deadline, run - 7, run)
    chosen = business_day_before(run.astype(np.int32))
    return np.where(chosen > posted, chosen, business_day_before(deadline.astype(np.int32))).astype(np.int32)


def _lost(seed: int, invoices: pl.DataFrame, parties: Ints, pays: Ints, due: Ints, dice: Floats) -> tuple[Bools, Days]:
    """Which invoices are never paid, and when they are written off: of customers that go insolvent, and a few others."""
    never = np.iinfo(np.int32).max
    gone = invoices["gone_day"].cast(pl.Int64).fill_null(never).to_numpy()
    is_insolvent = (trait(seed, parties, 3) < INSOLVENT_SHARE) & (pays > gone)
    is_lost = is_insolvent | (dice[0] < LOSS_RATE)
    wait = 180 + np.floor(90 * dice[1]).astype(np.int64)
    return is_lost, business_day(due + wait)
