"""Who works in the CRM: users who can own records in a month, and who takes over from those who leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import Month
from pipelines.demo.drawing import Floats, weighted_within
from pipelines.demo.world import World

DAY = 86_400
"""Seconds."""

_FALLBACK = ("sales_rep", "sales_manager", "service", "marketing", "executive")
_LEAVER_SCHEMA = {"owner_id": pl.String, "left_at": pl.Int64, "successor_id": pl.String}


@dataclass
class _Known:
    """What `users` found among ``employee`` in ``month``, so that a month looks once: ``there``, and ``by_jobs`` as asked for."""

    employee: pl.DataFrame
    month: Month
    there: pl.DataFrame
    by_jobs: dict[tuple[str, ...], pl.DataFrame] = field(default_factory=dict)


_known: list[_Known] = []
"""The last one."""


def users(world: World, jobs: Sequence[str]) -> pl.DataFrame:
    """Users in ``jobs`` employed during the whole current month, sorted by company: company, user_id, pernr.

    If there is nobody in those jobs, everybody who has a user; if nobody was employed all month, whoever is known.
    """
    if not _known or _known[0].employee is not world.state["employee"] or _known[0].month != world.month:
        _known[:] = [_Known(world.state["employee"], world.month, _all_month(world))]
    known, wanted = _known[0], tuple(jobs)
    if wanted not in known.by_jobs:
        several = (known.there.filter(pl.col("job").is_in(list(some))) for some in (wanted, _FALLBACK))
        known.by_jobs[wanted] = next((found for found in several if found.height), known.there)
    return known.by_jobs[wanted]


def _all_month(world: World) -> pl.DataFrame:
    """Everybody who has a user and is employed during the whole current month; if nobody is, whoever is known."""
    is_there = (pl.col("from_day") <= world.month.first) & (
        pl.col("until_day").fill_null(2**31 - 1) >= world.month.last
    )
    known = (
        world.state["employee"]
        .lazy()
        .filter(pl.col("user_id").is_not_null())
        .unique("user_id", keep="last", maintain_order=True)
        .select(pl.col("company").cast(pl.Int64), "user_id", "pernr", "job", is_there.alias("is_there"))
        .sort("company", "pernr")
        .collect()
    )
    there = known.filter("is_there")
    return there if there.height else known


def drawn(staff: pl.DataFrame, company: npt.NDArray[np.integer], uniform: Floats) -> pl.Series:
    """For each of ``company`` the user_id of somebody in ``staff`` of that company; of any, if the company has nobody."""
    groups = staff["company"].to_numpy()
    place = weighted_within(uniform, company.astype(np.int64), groups, np.ones(len(groups)))
    place = np.where(place < 0, (uniform * len(groups)).astype(np.int64), place)
    return staff["user_id"][place]


def kept_or_drawn(
    staff: pl.DataFrame, wanted: pl.Series, company: npt.NDArray[np.integer], uniform: Floats
) -> pl.Series:
    """``wanted`` where that user is in ``staff``; somebody of the company otherwise."""
    return wanted.zip_with(wanted.is_in(staff["user_id"].implode()), drawn(staff, company, uniform))


def leavers(world: World) -> pl.DataFrame:
    """Users whose first day away is in the current month: owner_id, left_at (midnight of that day), successor_id.

    Kept in the state ``leaver`` for the rest of the month.
    """
    known = world.state.get("leaver")
    if known is not None and known["month"][0] == world.month.index:
        return known.drop("month")
    employee = world.state["employee"]
    until = employee["until_day"].fill_null(2**31 - 1).to_numpy()
    leaves = (until >= world.month.first - 1) & (until < world.month.last)
    if not leaves.any():
        return pl.DataFrame(schema=_LEAVER_SCHEMA)
    known = employee.filter(pl.Series(leaves) & pl.col("user_id").is_not_null())
    if not known.height:
        return pl.DataFrame(schema=_LEAVER_SCHEMA)
    known = known.unique("user_id", keep="last", maintain_order=True)
    parts = []
    for job in known["job"].unique(maintain_order=True):
        gone = known.filter(pl.col("job") == job)
        staff = users(world, [job])
        uniform = (gone["pernr"].to_numpy() * 0.6180339887498949) % 1.0
        parts.append(
            gone.select(
                pl.col("user_id").alias("owner_id"),
                ((pl.col("until_day").cast(pl.Int64) + 1) * DAY).alias("left_at"),
                drawn(staff, gone["company"].to_numpy(), uniform).alias("successor_id"),
            )
        )
    found = pl.concat(parts)
    world.state["leaver"] = found.with_columns(pl.lit(world.month.index).alias("month"))
    return found
