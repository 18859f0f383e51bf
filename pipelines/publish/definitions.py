"""The definitions of the metrics, kept in the version whose figures they explain."""

from typing import Any

import duckdb

_COLUMNS = ("subject", "unit", "direction", "formula", "grain", "source", "owner")


def keep_definitions(candidate: duckdb.DuckDBPyConnection, manifest: Any) -> None:
    """Write what MetricFlow needs into the candidate, and the catalogue of metrics as a table for who asks in SQL.

    A reader of a version computes its metrics as they were defined when it was made, whatever the repository says by now.
    """
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    text = SemanticManifest(manifest)._get_pydantic_semantic_manifest().json()
    candidate.execute("create schema if not exists concord")
    candidate.execute("create or replace table concord.semantic_manifest (manifest varchar)")
    candidate.execute("comment on table concord.semantic_manifest is 'One row: the metrics as MetricFlow reads them'")
    candidate.execute("insert into concord.semantic_manifest values ($1)", [text])
    columns = ", ".join(f"{name} varchar" for name in ("metric_name", "label", "metric_type", "description", *_COLUMNS))
    candidate.execute(f"create or replace table concord.metric ({columns})")
    candidate.execute("comment on table concord.metric is 'One row a metric: what it means and how it is computed'")
    rows = [
        [metric.name, metric.label, str(metric.type.value), " ".join(metric.description.split())]
        + [str(metric.config.meta.get(name, "")) for name in _COLUMNS]
        for metric in sorted(manifest.metrics.values(), key=lambda metric: str(metric.name))
    ]
    if rows:
        marks = ", ".join(["?"] * len(rows[0]))
        candidate.executemany(f"insert into concord.metric values ({marks})", rows)
