"""Faults on purpose: which rows of the extracts are wrong, how they are written, and the truth about each.

Whether a row is wrong depends on the seed, its table, its key and the day that it was due, and on nothing else: not on the rows
around it, their order, or how they are cut into calls.
"""

from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.mess.fault_kinds import DROPPED, FAULTS, LATE, REPEATED, Fault
from pipelines.demo.mess.row_hash import Numbers, drawn, key_numbers, scrambled, uniform
from pipelines.demo.shapes.kinds import ON, OPERATION, Shape

FAULT = "_fault"
"""Column of a marked version: the label of its fault, null for a clean one."""

TRUTH = {
    "day": pl.Int32,
    "system": pl.String,
    "table_name": pl.String,
    "key": pl.String,
    "column_name": pl.String,
    "kind": pl.String,
    "true_value": pl.String,
    "written_value": pl.String,
    "caught_by": pl.String,
}
"""The truth of a fault as it was delivered. ``key``: the texts of the key as written, joined by "/", empty where null."""

CORRECTED_SHARE = 0.5
CORRECTED_WITHIN = 12
LATE_BY = 6
_LARGEST_SHARE = 0.5
_CORRECTED, _DELAY, _LATENESS = 1, 2, 3  # purposes of the numbers that are drawn for a row

_Places = npt.NDArray[np.int64]


def mark(shape: Shape, versions: pl.DataFrame, seed: int, mess: float, *, until: int | None = None) -> pl.DataFrame:
    """Choose the versions that go wrong; returns ``versions`` with the column ``_fault``, and rows more at the end.

    ``versions``: the typed columns of ``shape``, ``_on`` and ``_op``; all versions of a key that are known by now, once.
    ``mess`` multiplies the rates of the faults, 0 is none. About half of the wrong versions are followed 1 to 12 days later by
    the clean one (``_op`` U), if nothing else became of the key by then. Since more versions of a master may follow in a later
    call, its corrections come no later than ``until``, the last day that the call knows everything about (default: the end of
    the month of ``_on``).
    A late version has its ``_on`` moved by 1 to 6 days; the second copy of a repeated one comes at the end.
    """
    faults = FAULTS.get(shape.name, ())
    marked = versions.with_columns(pl.lit(None, pl.String).alias(FAULT))
    if not faults or mess <= 0 or not versions.height:
        return marked
    keys = key_numbers(versions, shape.key, (seed << 32 | crc32(shape.name.encode())) % 2**64)
    rows = scrambled(key_numbers(versions.select(ON), (ON,), 0) + keys)
    place, which = _chosen(versions, faults, rows, mess)
    if not place.size:
        return marked
    others = versions.select(pl.Series("key", keys), ON).with_row_index("place")
    others = others.filter(pl.col("key").is_in(pl.Series(np.unique(keys[place])).implode()))
    count, is_last = _fate(others, place)
    labels = pl.Series([fault.label for fault in faults], dtype=pl.String).gather(which)
    kinds = np.array([fault.kind for fault in faults])[which]
    is_fit = (kinds != LATE) | ((count == 1) & (not shape.is_master))
    place, labels, kinds, is_last = place[is_fit], labels.filter(is_fit), kinds[is_fit], is_last[is_fit]

    on = versions[ON].to_numpy().copy()
    late = place[kinds == LATE]
    on[late] += (1 + drawn(rows[late], _LATENESS, LATE_BY)).astype(np.int32)
    is_repeated = kinds == REPEATED
    marks = marked[FAULT].scatter(place[~is_repeated], labels.filter(~is_repeated))
    marked = marked.with_columns(marks, pl.Series(ON, on))
    copies: pl.DataFrame = marked[place[is_repeated]].with_columns(pl.lit(REPEATED).alias(FAULT))
    wrong = place[is_last & (kinds != LATE) & ~is_repeated]
    return pl.concat([marked, copies, _corrections(shape, versions, wrong, rows, until)])


def corrupt(
    shape: Shape, texts: pl.DataFrame, versions: pl.DataFrame, *, day: int | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write the faults of marked versions into their ``texts``; returns the texts to deliver, and the truth (TRUTH).

    ``texts``: every column of ``shape`` as text, rows in the order of ``versions``. A dropped row is left out of the texts.
    ``day``: the day of the drop, where it is not the ``_on`` of the versions. A fault that changes nothing (the value was missing
    anyway) is none, and does not appear in the truth.
    """
    place = versions[FAULT].is_not_null().arg_true()
    if not place.len():
        return texts, pl.DataFrame(schema=TRUTH)
    true, marks, days = texts[place], versions[FAULT].gather(place), versions[ON].gather(place)
    if day is not None:
        days = pl.repeat(day, place.len(), dtype=pl.Int32, eager=True)
    by_label = {fault.label: fault for fault in FAULTS.get(shape.name, ())}
    written, truths = true, []
    for label in marks.unique(maintain_order=True):
        fault = by_label[label]
        is_mine = marks == label
        if fault.blemish is not None and fault.column is not None:
            wrong = true.with_columns(
                fault.blemish.written(fault.column).alias(fault.column),
                *(blemish.written(column).alias(column) for column, blemish in fault.along),
            )
            is_mine &= ~true[fault.column].eq_missing(wrong[fault.column])
            columns = (fault.column, *(column for column, _ in fault.along))
            written = written.with_columns(wrong[column].zip_with(is_mine, written[column]) for column in columns)
        truths.append(_truth(shape, fault, true.filter(is_mine), written.filter(is_mine), days.filter(is_mine)))
    changed = [column for column in texts.columns if not true[column].equals(written[column], null_equal=True)]
    texts = texts.with_columns(texts[column].scatter(place, written[column]) for column in changed)
    if (marks == DROPPED).any():
        texts = texts.filter(~versions[FAULT].eq_missing(DROPPED))
    return texts, pl.concat(truths)


def _chosen(
    versions: pl.DataFrame, faults: tuple[Fault, ...], rows: Numbers, mess: float
) -> tuple[_Places, npt.NDArray[np.int64]]:
    """The places of the versions that go wrong, in order, and the number of the fault of each."""
    edges = np.cumsum([fault.per_million for fault in faults]) * 1e-6 * mess
    edges *= min(1.0, _LARGEST_SHARE / edges[-1])
    chance = uniform(rows)
    place = np.flatnonzero(chance < edges[-1])
    which = np.searchsorted(edges, chance[place], side="right")
    is_alive = pl.col(OPERATION) != "D"
    if "IsDeleted" in versions.columns:
        is_alive &= ~pl.col("IsDeleted").cast(pl.Boolean).fill_null(value=False)
    some = versions[place]
    befallen = some.select(
        [
            (
                is_alive
                & (
                    pl.lit(True)
                    if fault.blemish is None or fault.column is None
                    else fault.blemish.befalls(fault.column)
                )
            )
            .fill_null(value=False)
            .alias(str(number))
            for number, fault in enumerate(faults)
        ]
    ).to_numpy()
    is_fit = befallen[np.arange(place.size), which]
    return place[is_fit], which[is_fit]


def _fate(others: pl.DataFrame, place: _Places) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """For each place: how many versions its key has, and whether no other version comes on its day or after it."""
    lives = others.group_by("key").agg(
        pl.len().cast(pl.Int64).alias("count"),
        pl.col(ON).max().alias("last"),
        (pl.col(ON) == pl.col(ON).max()).sum().alias("on_last"),
    )
    mine = pl.DataFrame({"place": pl.Series(place, dtype=pl.get_index_type())})
    mine = mine.join(others, on="place", how="left", maintain_order="left").join(
        lives, on="key", how="left", maintain_order="left"
    )
    is_last = (mine[ON] == mine["last"]) & (mine["on_last"] == 1)
    return mine["count"].to_numpy(), is_last.to_numpy()


def _corrections(
    shape: Shape, versions: pl.DataFrame, wrong: _Places, rows: Numbers, until: int | None
) -> pl.DataFrame:
    """The clean versions that follow some of the ``wrong`` ones."""
    mine = rows[wrong]
    delay = pl.Series(1 + drawn(mine, _DELAY, CORRECTED_WITHIN), dtype=pl.Int32)
    is_corrected = pl.Series(drawn(mine, _CORRECTED, 1_000_000) < CORRECTED_SHARE * 1_000_000)
    clean = versions[wrong].with_columns(
        (pl.col(ON) + delay).alias(ON), pl.lit("U").alias(OPERATION), pl.lit(None, pl.String).alias(FAULT)
    )
    if "SystemModstamp" in clean.columns and clean["SystemModstamp"].dtype != pl.Null:
        clean = clean.with_columns((pl.col("SystemModstamp") + delay * 86_400).cast(clean["SystemModstamp"].dtype))
    if shape.is_master:
        month_end = (pl.col(ON) - delay).cast(pl.Date).dt.month_end().cast(pl.Int32)
        is_corrected &= clean.select(pl.col(ON) <= (month_end if until is None else until)).to_series()
    return clean.filter(is_corrected)


def _truth(shape: Shape, fault: Fault, true: pl.DataFrame, written: pl.DataFrame, days: pl.Series) -> pl.DataFrame:
    system, table = shape.name.split("/")
    nothing = pl.lit(None, pl.String)
    column = nothing if fault.column is None else pl.col(fault.column)
    was = true.select(column.alias("true_value")).to_series() if fault.column else None
    return written.select(
        days.cast(pl.Int32).alias("day"),
        pl.lit(system).alias("system"),
        pl.lit(table).alias("table_name"),
        pl.concat_str([pl.col(name).fill_null("") for name in shape.key], separator="/").alias("key"),
        pl.lit(fault.column, pl.String).alias("column_name"),
        pl.lit(fault.kind).alias("kind"),
        (nothing if was is None else was).alias("true_value"),
        (nothing if fault.blemish is None else column).alias("written_value"),
        pl.lit(fault.caught_by).alias("caught_by"),
    )
