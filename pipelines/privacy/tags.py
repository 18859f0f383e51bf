"""The tags of personal data, as the models' yml has them: which columns are personal, and whose rows a raw table holds.

A column is personal with ``config: {meta: {personal: true}}``. A raw table (a dbt source) says with ``meta: {person: …}`` how
its rows belong to a customer: ``record`` is what makes a record's source_id of a row, in SQL; ``of`` maps columns (or SQL) of the
table to columns of tables of the same system, as in ``{AccountId: Account.Id}``: the row belongs to whom the row with that value
belongs. ``contact`` is what makes the source_id of a contact, a person at a customer who can be erased alone: rows belong to this
person by ``of`` in the same way, but for those that are the customer's by the whole, which say ``of_customer``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.errors import ConfigurationError
from pipelines.graph import Graph, Node

RECORD = "record"
"""What the source_id of a customer's record refers to, where others refer to a column as in ``Account.Id``."""
ALONE = "alone:"
"""Before a reference: by it rows belong to a contact who is erased alone, and not to the customer by the whole."""
CONTACT = ALONE + RECORD
"""What the source_id of a contact's record refers to."""


@dataclass(frozen=True)
class RawTable:
    """The tags of a raw table.

    ``links`` are (SQL on a row, reference): the row belongs to a person when one of them has a value that is known for the
    reference. ``columns`` are those of its columns that other tables refer to.
    """

    system: str
    name: str
    personal: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]


def raw_tables(graph: Graph) -> list[RawTable]:
    """Return the raw tables whose rows may belong to a customer, from the ``graph``.

    Raises ConfigurationError for a reference to a table that is not there.
    """
    sources = [source for source in graph.sources.values() if source.schema.startswith("raw_")]
    known = {(source.schema, source.name) for source in sources}
    with_contacts = {source.schema for source in sources if "contact" in (source.meta.get("person") or {})}
    links = {
        (source.schema, source.name): tuple(_links(source, with_contacts=source.schema in with_contacts))
        for source in sources
    }
    referred: dict[tuple[str, str], set[str]] = {}
    for (schema, name), found in links.items():
        for _, reference in found:
            table, _, column = reference.removeprefix(ALONE).rpartition(".")
            if not table:
                continue
            if (schema, table) not in known:
                raise ConfigurationError(
                    f"The source {schema}.{name} refers to {reference}, and {schema} has no such table.",
                    hint="Correct meta: {person: …} in its yml.",
                )
            referred.setdefault((schema, table), set()).add(column)
    return [
        RawTable(
            system=source.schema.removeprefix("raw_"),
            name=source.name,
            personal=tuple(name for name, column in source.columns.items() if column.meta.get("personal")),
            links=links[source.schema, source.name],
            columns=tuple(sorted(referred.get((source.schema, source.name), ()))),
        )
        for source in sources
        if links[source.schema, source.name]
    ]


def personal_columns(graph: Graph) -> dict[tuple[str, str], list[str]]:
    """Return the personal columns of every model that has some, by (schema, name)."""
    found = {
        (node.schema, node.name): [name for name, column in node.columns.items() if column.meta.get("personal")]
        for node in graph.models
    }
    return {model: columns for model, columns in found.items() if columns}


def _links(source: Node, *, with_contacts: bool) -> Iterator[tuple[str, str]]:
    person = source.meta.get("person") or {}
    if RECORD in person:
        yield str(person[RECORD]), RECORD
    if "contact" in person:
        yield str(person["contact"]), CONTACT
    for kind in ("of", "of_customer"):
        for expression, references in (person.get(kind) or {}).items():
            for reference in [references] if isinstance(references, str) else references:
                yield str(expression), str(reference)
                if kind == "of" and with_contacts:
                    yield str(expression), ALONE + str(reference)
