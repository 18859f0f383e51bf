"""How records of a system change: several changes of a month become whole new states of each record, in their order."""

from collections.abc import Callable

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month, is_business_day

DAY = 86_400
"""Seconds."""


DrawDays = Callable[[int], pl.Series]
"""Draws so many days on which records are changed."""


def drawing_days(rng: np.random.Generator, month: Month) -> DrawDays:
    """Draws business days of ``month``; not the first one of the history, whose extract has all records as they were found."""
    open_days = month.days[is_business_day(month.days) & (month.days > Month(0).first)]
    return lambda count: pl.Series(open_days[rng.integers(0, len(open_days), count)], dtype=pl.Int32)


def office_hours(rng: np.random.Generator, days: pl.Series) -> pl.Series:
    """An instant (seconds since 1970, UTC) between 7 and 18 o'clock on each of ``days``."""
    return days.cast(pl.Int64) * DAY + 7 * 3600 + pl.Series(rng.integers(0, 11 * 3600, len(days)), dtype=pl.Int64)


def with_rows(records: pl.DataFrame, rows: pl.Series, new: pl.DataFrame) -> pl.DataFrame:
    """``records`` with the columns of ``new`` put into the rows numbered ``rows``; the other columns stay."""
    if not len(rows):
        return records
    return records.with_columns([records[name].clone().scatter(rows, new[name]) for name in new.columns])


def changed(
    records: pl.DataFrame, key: str, changes: list[pl.DataFrame], rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Apply ``changes`` to ``records``: the new versions with their column day, and the records as they are then.

    A change has ``key``, day and the columns that it sets; null in a column leaves it as it is, so a text is emptied by "".
    Changes of a record on one day are one version. Changes of records that are not there are left out. ``rng`` draws the hours
    of SystemModstamp, if there is one.
    """
    columns = records.columns
    some = [change.cast({"day": pl.Int32}) for change in changes if change.height]
    if not some:
        return records.clear().with_columns(day=pl.lit(None, pl.Int32)), records
    wanted = pl.concat(some, how="diagonal_relaxed")
    before = records.with_row_index("_row").filter(pl.col(key).is_in(wanted[key].implode()))
    wanted = wanted.filter(pl.col(key).is_in(before[key].implode()))
    first = before.with_columns(day=pl.lit(-1, pl.Int32))
    stacked = pl.concat([first, wanted], how="diagonal_relaxed").sort(key, "day", maintain_order=True)
    set_columns = [name for name in wanted.columns if name not in (key, "day")]
    others = [name for name in before.columns if name not in set_columns and name != key]
    row, is_base = pl.int_range(pl.len()), pl.col("day") < 0
    filled = stacked.with_columns(
        # The last row that says something about the column: the base row of the record always does.
        *[
            pl.col(name).gather(pl.when(is_base | pl.col(name).is_not_null()).then(row).forward_fill())
            for name in set_columns
        ],
        pl.col(others).gather(pl.when(is_base).then(row).forward_fill()),
    )
    filled = filled.select(*before.columns, "day").cast(records.schema)
    if "SystemModstamp" in columns:
        stamp = pl.when(pl.col("day") >= 0).then(office_hours(rng, filled["day"])).otherwise("SystemModstamp")
        filled, set_columns = filled.with_columns(SystemModstamp=stamp), [*set_columns, "SystemModstamp"]
    is_last = (pl.col(key) != pl.col(key).shift(-1)).fill_null(value=True)
    is_last_of_day = is_last | (pl.col("day") != pl.col("day").shift(-1))
    versions = filled.filter((pl.col("day") >= 0) & is_last_of_day)
    now = filled.filter(is_last)
    return versions.drop("_row"), with_rows(records, now["_row"], now.select(set_columns))
