"""Records that are planned at birth and lived month by month: each event of the plan becomes a version of the record.

The plan of ``name`` is two tables of the state: ``name`` (a record: what never changes) and ``name_event`` (an event: what is so
from then on, with ``owner_id``). Both have ``number``; an event has ``at`` (instant) and ``until`` (instant of the last one).
"""

import numpy as np
import polars as pl

from pipelines.demo.crm.crm_staff import DAY, leavers
from pipelines.demo.world import World

HANDOVER_HOUR = 6
"""UTC; before the working day, so that it never comes between two events of the day."""


def begin(world: World, name: str, records: pl.DataFrame, events: pl.DataFrame) -> None:
    """Add newborn ``records`` and their ``events``: those of each record together, by ``at``, in the order of the records.

    Each record has an event at least. Raises ValueError if that is not so.
    """
    if not records.height and name in world.state:
        return
    number = events["number"].to_numpy()
    last = np.flatnonzero(np.append(number[1:] != number[:-1], [True])) if len(number) else number
    if (number[last] != records["number"].to_numpy()).any():
        raise ValueError(f"The events of {name} are not in the order of its records.")
    ended = events["at"].to_numpy()[last]
    until = np.repeat(ended, np.diff(last, prepend=-1))
    events = events.with_columns(pl.Series("until", until, dtype=pl.Int64))
    records = records.with_columns(pl.Series("until", ended, dtype=pl.Int64))
    for table, rows in ((name, records), (f"{name}_event", events)):
        known = world.state.get(table)
        world.state[table] = rows if known is None else pl.concat([known, rows])


def founded(world: World, name: str) -> pl.DataFrame:
    """Every event before the first month, with its record's columns, in the order of number and ``at``.

    ``is_latest`` marks the one that holds when the history begins.
    """
    start = world.month.first * DAY
    records, events = world.state[name], world.state[f"{name}_event"]
    past = events.filter(pl.col("at") < start).with_columns(
        (pl.col("number") != pl.col("number").shift(-1)).fill_null(value=True).alias("is_latest"),
        pl.lit(value=False).alias("is_handover"),
    )
    _forget(world, name, records, events, start)
    return past.drop("until").join(records, on="number", how="left", maintain_order="left")


def due(world: World, name: str, *, before: tuple[str, ...] = ()) -> pl.DataFrame:
    """The events of the current month, with their records' columns, in the order of number and ``at``.

    Records of users who leave go to their successors: an event of its own (``is_handover``), unless another event of the record
    is on that day. ``before`` adds ``before_x`` for each column x: its value before the event, null at birth.
    """
    start, end = world.month.first * DAY, (world.month.last + 1) * DAY
    records, events = world.state[name], world.state[f"{name}_event"]
    events = _handed_over(events, leavers(world))
    is_due = pl.col("at").is_between(start, end - 1)
    is_same = pl.col("number") == pl.col("number").shift(1)
    earlier = [pl.when(is_same).then(pl.col(x).shift(1)).alias(f"before_{x}") for x in before]
    now = (
        events.lazy()
        .with_columns(earlier)
        .filter(is_due)
        .drop("until")
        .join(records.lazy().drop("until"), on="number", how="left", maintain_order="left")
        .collect()
    )
    _forget(world, name, records, events, end)
    return now


def _handed_over(events: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """``events`` with the successors as owners from the day on which somebody is gone, and the events of handing over."""
    unchanged = events.with_columns(pl.lit(value=False).alias("is_handover"))
    if not gone.height:
        return unchanged
    touched = unchanged.filter(pl.col("owner_id").is_in(gone["owner_id"].implode()))
    if not touched.height:
        return unchanged
    events = unchanged
    touched = touched.join(gone, on="owner_id", how="left", maintain_order="left")
    is_before = pl.col("at") < pl.col("left_at")
    handovers = touched.filter(is_before & (pl.col("until") >= pl.col("left_at")))
    handovers = (
        handovers.group_by("number", maintain_order=True)
        .last()
        .with_columns(
            (pl.col("left_at") + HANDOVER_HOUR * 3600).alias("at"),
            pl.col("successor_id").alias("owner_id"),
            pl.lit(value=True).alias("is_handover"),
            pl.lit(value=True).alias("is_extra"),
        )
    )
    events = events.join(gone, on="owner_id", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("at") >= pl.col("left_at")).then("successor_id").otherwise("owner_id").alias("owner_id"),
        pl.lit(value=False).alias("is_extra"),
    )
    both = pl.concat([events, handovers.select(events.columns)]).sort("number", "at", "is_extra")
    day = pl.col("at") // DAY
    is_followed = (pl.col("number") == pl.col("number").shift(-1)) & (day == day.shift(-1))
    return both.filter(~(pl.col("is_extra") & is_followed.fill_null(value=False))).drop(
        "left_at", "successor_id", "is_extra"
    )


def _forget(world: World, name: str, records: pl.DataFrame, events: pl.DataFrame, end: int) -> None:
    """Keep only what still has an event at or after ``end``."""
    world.state[name] = records.filter(pl.col("until") >= end)
    kept = events.lazy().filter(pl.col("until") >= end)
    world.state[f"{name}_event"] = kept.drop("is_handover", strict=False).collect()
