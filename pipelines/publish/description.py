"""What tables and columns mean, written into the warehouse as comments, so that every tool that reads it can show them.

dbt could do it (persist_docs), and spends a quarter of a build on it: it asks for the columns of each table first.
"""

from typing import Any

import duckdb

from pipelines.warehouse import literal, quoted


def describe(candidate: duckdb.DuckDBPyConnection, manifest: Any) -> None:
    """Comment the relations that were made anew, and their columns, with the descriptions of dbt's manifest.

    A relation that is replaced loses its comments; one that still has them is left alone.
    """
    found = candidate.execute(
        "select schema_name, table_name, 'table' from duckdb_tables() where comment is null union all "
        "select schema_name, view_name, 'view' from duckdb_views() where comment is null and not internal"
    ).fetchall()
    kinds = {(schema, name): kind for schema, name, kind in found}
    candidate.begin()
    for node in manifest.nodes.values():
        kind = kinds.get((node.schema, node.name))
        if kind is None:
            continue
        relation = f"{quoted(node.schema)}.{quoted(node.name)}"
        if node.description:
            candidate.execute(f"comment on {kind} {relation} is {literal(_one_line(node.description))}")
        for column in node.columns.values():
            if column.description:
                text = literal(_one_line(column.description))
                candidate.execute(f"comment on column {relation}.{quoted(column.name)} is {text}")
    candidate.commit()


def _one_line(text: str) -> str:
    return " ".join(text.split())
