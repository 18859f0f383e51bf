"""What tables and columns mean, written into the warehouse as comments, so that every tool that reads it can show them.

dbt could do it (persist_docs), and spends a quarter of a build on it: it asks for the columns of each table first.
"""

import duckdb

from pipelines.graph import Graph
from pipelines.warehouse import literal, quoted


def describe(candidate: duckdb.DuckDBPyConnection, graph: Graph) -> None:
    """Comment the relations that were made anew, and their columns, with the descriptions of the graph.

    A relation that is replaced loses its comments; one that still has them is left alone.
    """
    found = candidate.execute(
        "select schema_name, table_name, 'table' from duckdb_tables() "
        "where comment is null and database_name = current_database() union all "
        "select schema_name, view_name, 'view' from duckdb_views() "
        "where comment is null and not internal and database_name = current_database()"
    ).fetchall()
    kinds = {(schema, name): kind for schema, name, kind in found}
    statements = []
    for node in graph.nodes.values():
        kind = kinds.get((node.schema, node.name))
        if kind is None:
            continue
        relation = f"{quoted(node.schema)}.{quoted(node.name)}"
        if node.description:
            statements.append(f"comment on {kind} {relation} is {literal(node.description)}")
        for column in node.columns.values():
            if column.description:
                text = literal(column.description)
                statements.append(f"comment on column {relation}.{quoted(column.name)} is {text}")
    # Thousands together take half as long as one by one.
    candidate.execute("; ".join(["begin", *statements, "commit"]))
