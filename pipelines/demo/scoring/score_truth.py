"""What the score needs to know before it judges: which drops were taken in, and what was wrong in them."""

import re
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.demo.calendar import day_number
from pipelines.demo.mess.faults import TRUTH
from pipelines.state import Batch

TABLE = ["system", "table_name"]
DROP = [*TABLE, "day"]
PLACE = [*DROP, "match"]
"""What tells a delivered row: its table, its drop, and its key as `comparable` makes it."""

NotJudged = list[dict[str, str]]
"""What could not be judged: section and reason."""


def drops_of(batches: list[Batch]) -> pl.DataFrame:
    """One row a batch: where it came from, and the day of its drop, which is the last date in the name of its file."""
    rows = [(batch.batch_id, batch.system, batch.table_name, _day(batch.origin)) for batch in batches]
    schema = {"batch_id": pl.Int64, "system": pl.String, "table_name": pl.String, "day": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def last_day(drops: pl.DataFrame) -> int | None:
    """The day of the last of some drops, if any has a day."""
    days = drops["day"].drop_nulls().to_list()
    return max(days, default=None)


def _day(origin: str) -> int | None:
    found = re.findall(r"\d{4}-\d{2}-\d{2}", origin)
    return day_number(date.fromisoformat(found[-1])) if found else None


def truth_table(truth: Path, name: str) -> pl.DataFrame | None:
    """A table of the truth, if it is there."""
    files = sorted((truth / name).glob("**/*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files], how="diagonal_relaxed") if files else None


def faults_of(truth: Path, drops: pl.DataFrame, skipped: NotJudged) -> pl.DataFrame:
    """The faults of the drops that were taken in, with ``match``, their key as it is compared."""
    found = truth_table(truth, "fault")
    faults = pl.DataFrame(schema=TRUTH) if found is None else found.select(*TRUTH)
    taken = faults.join(drops.select(DROP).unique(), on=DROP, how="semi", maintain_order="left")
    _skip_rest(faults, taken, drops, skipped)
    return taken.with_columns(comparable("key").alias("match"))


def _skip_rest(faults: pl.DataFrame, taken: pl.DataFrame, drops: pl.DataFrame, skipped: NotJudged) -> None:
    outside = faults.join(drops, on=TABLE, how="anti")
    waiting = faults.height - taken.height - outside.height
    if outside.height:
        tables = ", ".join(outside.select((pl.col("system") + "." + pl.col("table_name")).unique().sort()).to_series())
        skip(
            skipped,
            "quarantine",
            f"{outside.height:,} faults are in tables that the warehouse does not take in: {tables}",
        )
    if waiting:
        skip(skipped, "quarantine", f"{waiting:,} faults are in drops that the version has not taken in")


def comparable(key: str) -> pl.Expr:
    """A key without the zeros before its numbers, which a contract that reads them as numbers does not keep."""
    return pl.col(key).str.replace_all(r"(^|/)0+", "$1")


def skip(skipped: NotJudged, section: str, reason: str) -> None:
    """Say that something cannot be judged, and why."""
    skipped.append({"section": section, "reason": reason})


def share(part: int, whole: int) -> float | None:
    """``part`` of ``whole``, from 0 to 1; None where there is no whole."""
    return part / whole if whole else None
