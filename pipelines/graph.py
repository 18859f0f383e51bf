"""What is known of the dbt project: its models, seeds, tests and sources, what reads what, and the metrics."""

from dataclasses import dataclass, field
from typing import Any

METRIC_COLUMNS = (
    *("metric_name", "label", "metric_type", "description"),
    *("subject", "unit", "direction", "formula", "grain", "source", "owner"),
)


@dataclass(frozen=True)
class Column:
    """A column of a contract; ``data_type`` is empty where none is declared."""

    name: str
    data_type: str
    description: str
    meta: dict[str, Any]


@dataclass(frozen=True)
class Node:
    """A model, seed, test or source (``kind``); a source's schema is its name. ``reads`` holds the ids of what it reads.

    ``is_entity``: a conformed table made by the macro ``conform``. ``severity``, ``error_if`` and ``warn_if`` are of tests.
    """

    unique_id: str
    kind: str
    schema: str
    name: str
    path: str
    description: str
    columns: dict[str, Column]
    meta: dict[str, Any]
    reads: list[str]
    materialized: str = ""
    language: str = "sql"
    is_entity: bool = False
    severity: str = ""
    error_if: str = ""
    warn_if: str = ""


@dataclass(frozen=True)
class Graph:
    """The project: ``nodes`` and ``sources`` by id, ``children`` of each id, and the metrics.

    ``metrics`` is the catalogue: one dictionary a metric, with the columns of ``METRIC_COLUMNS``; ``semantic_manifest`` is what
    MetricFlow reads, as JSON.
    """

    nodes: dict[str, Node]
    sources: dict[str, Node]
    children: dict[str, list[str]]
    metrics: list[dict[str, str]] = field(default_factory=list)
    semantic_manifest: str = ""

    @property
    def models(self) -> list[Node]:
        """The models, in the order of the graph's file."""
        return [node for node in self.nodes.values() if node.kind == "model"]
