"""The definitions of the metrics, kept in the version whose figures they explain."""

import duckdb

from pipelines.graph import METRIC_COLUMNS, Graph
from pipelines.warehouse import literal


def keep_definitions(candidate: duckdb.DuckDBPyConnection, graph: Graph) -> None:
    """Write what MetricFlow needs into the candidate, and the catalogue of metrics as a table for who asks in SQL.

    A reader of a version computes its metrics as they were defined when it was made, whatever the repository says by now.
    """
    candidate.execute("create schema if not exists concord")
    candidate.execute("create or replace table concord.semantic_manifest (manifest varchar)")
    candidate.execute("comment on table concord.semantic_manifest is 'One row: the metrics as MetricFlow reads them'")
    candidate.execute("insert into concord.semantic_manifest values ($1)", [graph.semantic_manifest])
    columns = ", ".join(f"{name} varchar" for name in METRIC_COLUMNS)
    candidate.execute(f"create or replace table concord.metric ({columns})")
    candidate.execute("comment on table concord.metric is 'One row a metric: what it means and how it is computed'")
    rows = [", ".join(literal(metric[name]) for name in METRIC_COLUMNS) for metric in graph.metrics]
    if rows:
        values = ", ".join(f"({row})" for row in rows)
        candidate.execute(f"insert into concord.metric values {values}")
