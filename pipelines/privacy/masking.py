"""Masking by the tags: what a reader without the right to personal data may see of a model."""

from pipelines.graph import Graph
from pipelines.privacy.tags import personal_columns
from pipelines.warehouse import quoted


def masked(graph: Graph, schema: str, name: str, *, mask: str = "null") -> str:
    """Return the select list of a model in which the personal columns of persons are ``mask``, an SQL value.

    A model that says who is a person (``is_person``) shows companies as they are; any other hides its personal columns always.
    Days and other columns that are no text become null, whatever the mask.
    """
    node = next(node for node in graph.models if (node.schema, node.name) == (schema, name))
    personal = set(personal_columns(graph).get((schema, name), ()))
    shown = "not is_person" if "is_person" in node.columns else "false"
    selected = []
    for column, told in node.columns.items():
        if column in personal:
            value = mask if told.data_type == "varchar" else "null"
            selected.append(f"case when {shown} then {quoted(column)} else {value} end as {quoted(column)}")
        else:
            selected.append(quoted(column))
    return ", ".join(selected)
