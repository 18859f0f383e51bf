"""The stages of an opportunity, and the way that each takes through them: which, when, and how it ends."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.demo.calendar import Days, business_day, day_number, is_business_day
from pipelines.demo.crm.crm_staff import DAY
from pipelines.demo.drawing import Floats, weighted

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

STAGES = (
    "Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Id. Decision Makers", "Proposal/Price Quote",
    "Negotiation/Review", "Closed Won", "Closed Lost",
)  # fmt: skip
PROBABILITIES = (10, 10, 20, 50, 60, 75, 90, 100, 0)
"""Percent that Salesforce sets by the stage."""
FORECAST_NAMES = (
    "Pipeline",
    "Pipeline",
    "Pipeline",
    "Pipeline",
    "Best Case",
    "Best Case",
    "Commit",
    "Closed",
    "Omitted",
)
FORECAST_CODES = (
    "Pipeline",
    "Pipeline",
    "Pipeline",
    "Pipeline",
    "BestCase",
    "BestCase",
    "Forecast",
    "Closed",
    "Omitted",
)
WON, LOST = 7, 8
LOSS_REASONS = (
    "Price", "Lost to Competitor", "No Decision / Non-Responsive", "No Budget / Lost Funding", "Lead Time",
    "No Longer a Customer", "Other",
)  # fmt: skip
NO_DECISION, CHURNED = 2, 5

NEEDS, FIRST_SLIP, PROPOSAL, NEGOTIATION, REVISION = 2, 3, 6, 8, 9
FIRST_LOSS, REOPENING, CLOSING = 11, 12, 13
_SLIPS = (3, 7, 10)
_STEP_STAGE = np.array([0, 1, 2, -1, 3, 4, 5, -1, 6, -1, -1, LOST, 6, -1])
"""The stage that a step enters; −1: it stays (the close date slips, or the lines are revised)."""
STEPS = len(_STEP_STAGE)
_STAGE_STEP = np.array([0, 1, 2, 4, 5, 6, 8])
_MEAN_GAP = np.array([0.0, 5.5, 6.5, 5.0, 6.5, 6.0, 7.5, 7.0, 8.5, 5.0, 6.0, 7.5, 16.0, 8.0])
"""Business days since the step before, on average."""
_GAP_SHAPE = 1.7
_SKIPPED = np.array([0.0, 0.10, 0.12, 0.68, 0.30, 0.45, 0.0, 0.72, 0.24, 0.62, 0.70, 0.0, 0.0, 0.0])
_START_NEW = np.array([0.58, 0.42, 0.0, 0.0, 0.0, 0.0, 0.0])
_START_EXISTING = np.array([0.26, 0.42, 0.20, 0.0, 0.0, 0.12, 0.0])
_EXIT = np.array([0.15, 0.26, 0.19, 0.10, 0.07, 0.14, 0.09])
_REOPENED = 0.03
_DELETED = 0.05  # of those that end before anybody has analysed needs
_STALE = 0.05  # of the lost: nobody closes them for a long time


@dataclass(frozen=True)
class Journeys:
    """How opportunities go; arrays of n opportunities × STEPS, or of n.

    ``present``: whether the step is taken. ``day``, ``at`` (instant), ``stage`` and ``close_day`` (the expected, at last the true
    one) as they are from that step on. ``won``, ``deleted``, ``closed`` (day of the last step), ``reason`` (place in
    LOSS_REASONS).
    """

    present: Flags
    day: Days
    at: Ints
    stage: Ints
    close_day: Days
    won: Flags
    deleted: Flags
    closed: Days
    reason: Ints


def travel(
    rng: np.random.Generator, created: Days, is_new: Flags, won: Flags, fixed_close: Days, pace: Floats
) -> Journeys:
    """Draw the way of each opportunity.

    ``created``: business days. ``is_new``: first business with this customer. ``fixed_close``: the business day on which it must
    close, 0 for those that take their time: gamma distributed business days in each stage, times ``pace``.
    """
    size = len(created)
    fitted = fixed_close > 0
    start_draw, exit_draw = rng.random(size), rng.random(size)
    skip_draw = rng.random((size, STEPS))
    gaps = rng.gamma(_GAP_SHAPE, 1 / _GAP_SHAPE, (size, STEPS)) * _MEAN_GAP * pace[:, None]
    reopen_draw, fate_draw = rng.random(size), rng.random(size)
    seconds = rng.integers(7 * 3600, 17 * 3600, (size, STEPS))
    # The first one comes with the account, which is opened by 18 o'clock.
    seconds[:, :2] = np.where(is_new[:, None], 18 * 3600 + 120 + seconds[:, :2] % 1800, seconds[:, :2])
    start = np.where(is_new, weighted(start_draw, _START_NEW), weighted(start_draw, _START_EXISTING))
    last = np.where(won, 6, np.maximum(weighted(exit_draw, _EXIT), start))
    stages = np.arange(7)
    entered = (stages >= start[:, None]) & (stages <= last[:, None])
    present = skip_draw >= _SKIPPED
    present[:, _STAGE_STEP] &= entered
    rows = np.arange(size)
    present[rows, _STAGE_STEP[start]] = True
    present[:, 3] &= (start <= 2) & (last >= 2)
    present[:, 7] &= last >= 5
    present[:, [9, 10]] &= present[:, [NEGOTIATION]]
    reopened = (reopen_draw < _REOPENED) & (last >= 5) & ~fitted
    present[:, FIRST_LOSS] = present[:, REOPENING] = reopened
    present[:, CLOSING] = True
    deleted = ~won & (last <= 1) & ~is_new & (fate_draw < _DELETED)
    stale = ~won & (fate_draw > 1 - _STALE)
    gaps[stale, CLOSING] *= 12
    lengths = business_days_between(business_day(created), np.where(fitted, fixed_close, created).astype(np.int32))
    tight = fitted & (lengths < present.sum(axis=1) - 1)
    present[tight] = False
    present[np.ix_(tight, [1, PROPOSAL, CLOSING])] = True
    offsets = _offsets(present, gaps, np.where(fitted, lengths, -1))
    day = business_day(np.repeat(created, STEPS), offsets.ravel()).reshape(size, STEPS)
    day[rows, present.argmax(axis=1)] = created
    stage = np.maximum.accumulate(np.where(present, _STEP_STAGE, -1)[:, :FIRST_LOSS], axis=1)
    tail = np.stack([np.full(size, LOST), np.full(size, 6), np.where(won, WON, LOST)], axis=1)
    tail[deleted, 2] = stage[deleted, -1]
    stage = np.concatenate([stage, tail], axis=1)
    close_day = _expected(rng, present, day)
    reason = weighted(rng.random(size), np.array([0.30, 0.24, 0.22, 0.12, 0.07, 0.0, 0.05]))
    reason = np.where(stale, NO_DECISION, reason)
    return Journeys(
        present, day, day.astype(np.int64) * DAY + seconds, stage.astype(np.int64), close_day, won, deleted,
        day[:, CLOSING], reason,
    )  # fmt: skip


@cache
def _business_days() -> Days:
    days = np.arange(day_number(date(2015, 1, 1)), day_number(date(2040, 1, 1)), dtype=np.int32)
    return days[is_business_day(days)]


def business_days_between(start: npt.NDArray[np.integer], end: npt.NDArray[np.integer]) -> Ints:
    """Business days after ``start`` up to ``end``, ``end`` included."""
    known = _business_days()
    return np.searchsorted(known, end, side="right") - np.searchsorted(known, start, side="right")


def last_business_day(days: npt.NDArray[np.integer]) -> Days:
    """The last business day at or before each of ``days``."""
    known = _business_days()
    return known[np.maximum(np.searchsorted(known, days, side="right") - 1, 0)].astype(np.int32)


def _offsets(present: Flags, gaps: Floats, lengths: Ints) -> Ints:
    """Business days from the first step to each: at least one between any two, ``lengths`` in all (−1: as drawn)."""
    gaps = np.where(present, gaps, 0.0)
    gaps[np.arange(len(gaps)), present.argmax(axis=1)] = 0.0
    passed = np.cumsum(gaps, axis=1)
    total = np.maximum(passed[:, -1:], 1e-9)
    rank = np.cumsum(present, axis=1) - 1
    steps = rank[:, -1:]
    whole = np.where(lengths[:, None] >= 0, lengths[:, None], np.rint(total).astype(np.int64))
    spare = np.maximum(whole - steps, 0)
    offsets: Ints = np.maximum(rank, 0) + np.floor(passed / total * spare + 1e-9).astype(np.int64)
    return offsets


def _expected(rng: np.random.Generator, present: Flags, day: Days) -> Days:
    """The close date that the seller believes in at each step: hopeful at first, pushed out when it comes near or slips."""
    size = len(day)
    created, closed = day[np.arange(size), present.argmax(axis=1)], day[:, CLOSING]
    hope = rng.lognormal(-0.12, 0.35, size)
    pushes = rng.integers(8, 45, (size, STEPS))
    believed = created + np.maximum(10, np.rint((closed - created) * hope)).astype(np.int32)
    result = np.zeros_like(day)
    for step in range(STEPS):
        now = day[:, step]
        slips = step in _SLIPS
        pushed = np.maximum(believed, now) + pushes[:, step].astype(np.int32)
        believed = np.where(present[:, step] & (slips | (believed <= now + 2)), pushed, believed)
        believed = believed if step not in {FIRST_LOSS, CLOSING} else np.where(present[:, step], now, believed)
        result[:, step] = believed
    return result
