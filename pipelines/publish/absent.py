"""What no configured system delivers: entities without a system, and what is made of nothing else.

Their tables are there, typed and empty, so that every query and every model finds them; dbt need not build them one by one.
A model says what it is made of with ``meta: {made_of: [entity, …]}``; an entity is a model made by the macro ``conform``.
"""

from pipelines.graph import Graph, Node
from pipelines.publish.project import VERSION, entity_systems
from pipelines.settings import Settings
from pipelines.warehouse import opened, quoted


def absent_models(settings: Settings, graph: Graph) -> list[Node]:
    """Return the models of the graph that can hold nothing under this configuration, in their order there."""
    delivered = set(entity_systems(settings))
    absent = []
    for node in graph.models:
        made_of = [node.name, node.name.removesuffix(VERSION)] if node.is_entity else node.meta.get("made_of", [])
        if made_of and delivered.isdisjoint(made_of):
            absent.append(node)
    return absent


def create_empty(settings: Settings, absent: list[Node]) -> None:
    """Create the tables of absent models in the candidate, as their contracts say."""
    schemas = [f"create schema if not exists {quoted(schema)}" for schema in sorted({node.schema for node in absent})]
    tables = []
    for node in absent:
        columns = ", ".join(f"{quoted(column.name)} {column.data_type}" for column in node.columns.values())
        tables.append(f"create table {quoted(node.schema)}.{quoted(node.name)} ({columns})")
    with opened(settings.home.candidate) as candidate:
        candidate.execute("; ".join(["begin", *schemas, *tables, "commit"]))
