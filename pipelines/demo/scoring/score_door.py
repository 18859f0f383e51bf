"""What the door did with the rows of the demo company, beside what was wrong with them."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.demo.scoring.score_truth import DROP, PLACE, TABLE, NotJudged, comparable, share, skip
from pipelines.demo.shapes import SHAPES
from pipelines.home import Home
from pipelines.state import Batch, State

EXAMPLES = 10
"""Rows that are shown of what went wrong."""

_RELATIONAL = ["orphan_key"]  # no single row shows these, so no rule at the door can


def judge_quarantine(home: Home, faults: pl.DataFrame, drops: pl.DataFrame) -> dict[str, Any]:
    """Compare the rows that a contract must refuse with those in quarantine, by key and drop."""
    refused = _refused(home, drops)
    must = faults.filter(pl.col("caught_by") == "contract").join(
        refused.select(*PLACE, pl.lit(value=True).alias("is_caught")).unique(),
        on=PLACE,
        how="left",
        maintain_order="left",
    )
    must = must.with_columns(pl.col("is_caught").fill_null(value=False))
    fate = faults.select(*PLACE, "kind", "caught_by", (pl.col("caught_by") != "contract").alias("rank"))
    fate = fate.sort(*PLACE, "rank", "kind").unique(PLACE, keep="first", maintain_order=True).drop("rank")
    refused = refused.join(fate, on=PLACE, how="left", maintain_order="left")
    is_right = pl.col("caught_by") == "contract"
    refused = refused.with_columns(
        is_right.fill_null(value=False).alias("is_right"),
        pl.col("caught_by").is_null().alias("is_false_alarm"),
        (~is_right).fill_null(value=False).alias("is_wrong"),
    )
    return {
        **_counts(must, refused),
        "by_table": [
            {
                "system": system,
                "table_name": table,
                **_counts(*(_of_table(frame, system, table) for frame in (must, refused))),
            }
            for system, table in _tables(must, refused)
        ],
        "by_kind": must.group_by(*TABLE, "column_name", "kind")
        .agg(pl.len().alias("faults"), pl.col("is_caught").sum().alias("caught"))
        .with_columns((pl.col("caught") / pl.col("faults")).alias("recall"))
        .sort(*TABLE, "column_name", "kind")
        .to_dicts(),
        "examples": {
            "missed": _shown(
                must.filter(~pl.col("is_caught")), "key", "column_name", "kind", "true_value", "written_value"
            ),
            "false_alarms": _shown(refused.filter("is_false_alarm"), "key", "rules"),
            "wrongly_refused": _shown(refused.filter("is_wrong"), "key", "rules", "kind"),
        },
    }


def _refused(home: Home, drops: pl.DataFrame) -> pl.DataFrame:
    """One row a quarantined row: where it lies, its key and the rules that it breaks."""
    schema = {"system": pl.String, "table_name": pl.String, "key": pl.String, "day": pl.Int32, "rules": pl.String}
    frames = [pl.DataFrame(schema=schema)]
    for (system, table), mine in drops.group_by(TABLE, maintain_order=True):
        folder = home.quarantine / str(system) / str(table)
        files = [file for file in (folder / f"{number:08d}.parquet" for number in mine["batch_id"]) if file.exists()]
        shape = SHAPES.get(f"{system}/{table}")
        if not files or shape is None:
            continue
        parts = [pl.col("row").str.json_path_match(f"$.{name}").fill_null("") for name in shape.key]
        rows = pl.concat([pl.read_parquet(file) for file in files]).with_columns(pl.col("batch_id").cast(pl.Int64))
        rows = rows.join(mine.select("batch_id", "day"), on="batch_id", how="left", maintain_order="left")
        rows = rows.with_columns(pl.concat_str(parts, separator="/").alias("key"))
        rows = rows.group_by("batch_id", "line", maintain_order=True).agg(
            *(pl.col(name).first() for name in (*TABLE, "key", "day")),
            pl.col("rule").sort().str.join("; ").alias("rules"),
        )
        frames.append(rows.select(*schema))
    return pl.concat(frames).with_columns(comparable("key").alias("match"))


def _counts(must: pl.DataFrame, refused: pl.DataFrame) -> dict[str, Any]:
    caught, right = int(must["is_caught"].sum()), int(refused["is_right"].sum())
    return {
        "faults": must.height,
        "caught": caught,
        "missed": must.height - caught,
        "refused": refused.height,
        "false_alarms": int(refused["is_false_alarm"].sum()),
        "wrongly_refused": int(refused["is_wrong"].sum()),
        "precision": share(right, refused.height),
        "recall": share(caught, must.height),
    }


def _tables(*frames: pl.DataFrame) -> list[tuple[str, str]]:
    return sorted({row for frame in frames for row in frame.select(TABLE).unique().rows()})


def _of_table(frame: pl.DataFrame, system: str, table: str) -> pl.DataFrame:
    return frame.filter(pl.col("system") == system, pl.col("table_name") == table)


def _shown(rows: pl.DataFrame, *columns: str) -> list[dict[str, Any]]:
    day = pl.col("day").cast(pl.Date).cast(pl.String)
    return rows.sort(*PLACE).head(EXAMPLES).select(*TABLE, day, *columns).to_dicts()


def judge_reports(state: State, faults: pl.DataFrame, drops: pl.DataFrame, skipped: NotJudged) -> dict[str, Any]:
    """Compare, column by column and drop by drop, how many rows are wrong with how many were reported at the door.

    The store keeps counts and not rows, so a wrong report may stand for a missing one of the same column on the same day.
    """
    wrong = faults.filter(pl.col("caught_by") == "report")
    relational = wrong.filter(pl.col("kind").is_in(_RELATIONAL)).height
    if relational:
        skip(
            skipped,
            "reported",
            f"{relational:,} orphan keys: no row shows them; the warehouse does not publish its findings yet",
        )
    by = [*DROP, "column_name"]
    wrong = wrong.filter(~pl.col("kind").is_in(_RELATIONAL)).group_by(by).agg(pl.len().cast(pl.Int64).alias("faults"))
    rows = [
        (batch, result.column_name, result.rows_broken)
        for batch, result in state.rule_results()
        if result.severity == "report"
    ]
    schema = {"batch_id": pl.Int64, "column_name": pl.String, "reported": pl.Int64}
    reports = pl.DataFrame(rows, schema=schema, orient="row").join(drops, on="batch_id", how="inner")
    reports = reports.group_by(by).agg(pl.col("reported").sum())
    both = wrong.join(reports, on=by, how="full", coalesce=True, nulls_equal=True)
    both = both.with_columns(pl.col("faults", "reported").fill_null(0))
    both = both.with_columns(pl.min_horizontal("faults", "reported").alias("found"))
    sums = [pl.col(name).sum() for name in ("faults", "reported", "found")]
    by_column = both.group_by(*TABLE, "column_name").agg(sums).sort(*TABLE, "column_name").to_dicts()
    whole = both.select(sums).row(0, named=True)
    return {**_missed(whole), "by_column": [_missed(row) for row in by_column]}


def _missed(row: dict[str, Any]) -> dict[str, Any]:
    unexplained = row["reported"] - row["found"]
    return {
        **row,
        "missed": row["faults"] - row["found"],
        "unexplained": unexplained,
        "recall": share(row["found"], row["faults"]),
    }


def judge_loads(home: Home, batches: list[Batch], skipped: NotJudged) -> dict[str, Any]:
    """Compare the rows of each extract with what the ledger says became of them."""
    folder = home.root / "demo" / "extracts"
    taken = {(batch.system, batch.origin): batch for batch in batches}
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    lost = 0
    for (system, origin), batch in taken.items():
        file = folder / system / origin
        if not file.exists():
            lost += 1
            continue
        names = ("files", "delivered", "read", "quarantined", "admitted", "unchanged")
        row = tables.setdefault((system, batch.table_name), dict.fromkeys(names, 0))
        counts = (1, _rows_of(file), batch.rows_read, batch.rows_quarantined, batch.rows_admitted, batch.rows_unchanged)
        for name, count in zip(names, counts, strict=True):
            row[name] += count
    if lost:
        skip(skipped, "loads", f"{lost:,} extracts that were taken in are no longer in {folder}")
    by_table = []
    for (system, table), row in sorted(tables.items()):
        fates = row["quarantined"] + row["admitted"] + row["unchanged"]
        by_table.append({"system": system, "table_name": table, **row, "difference": row["delivered"] - fates})
    return {
        "tables": len(by_table),
        "delivered": sum(row["delivered"] for row in by_table),
        "difference": sum(abs(row["difference"]) for row in by_table),
        "by_table": by_table,
    }


def _rows_of(file: Path) -> int:
    if file.suffix == ".parquet":
        return int(pl.scan_parquet(file).select(pl.len()).collect().item())
    return int(pl.scan_csv(file, infer_schema=False).select(pl.len()).collect().item())
