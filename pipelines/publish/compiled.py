"""What a build has to know of the dbt project: its models, seeds, tests and sources, and what reads what.

dbt needs seconds to be imported and ten more to parse the project. What it says of a project is kept beside the statements that
it executes (see replay), and as long as no file changes, no run needs it again.
"""

import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.graph import METRIC_COLUMNS, Column, Graph, Node
from pipelines.home import move_into_place
from pipelines.publish import dbt
from pipelines.publish.project import Project
from pipelines.settings import Settings

_FORMAT = 1
"""Of the graph and the scripts: those of another format are not read."""
_WEEK = 7 * 24 * 3600
_graphs: dict[str, Graph] = {}


def compiled_folder(settings: Settings, project: Project) -> Path:
    """Return the folder of what dbt made of this project: it belongs to every file's text, and to the versions of the engines.

    It is made when it is not there; those of projects that nobody has asked for in a week go. What lies there is executed:
    raises ConfigurationError when others may write into it.
    """
    home = settings.home.own_compiled()
    engines = " ".join(version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb"))
    digest = hashlib.sha256(f"{_FORMAT} {engines} {project.fingerprint}{project.text}".encode())
    folder = home / digest.hexdigest()[:16]
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        for other in home.iterdir():
            if (
                other.is_dir()
                and other not in {folder, settings.home.contracts}
                and time.time() - other.stat().st_mtime > _WEEK
            ):
                shutil.rmtree(other, ignore_errors=True)
    os.utime(folder)
    return folder


def graph_of(settings: Settings, project: Project) -> Graph:
    """Return the graph of the project; dbt parses it when nobody has asked before. Raises BuildError when it does not parse."""
    file = compiled_folder(settings, project) / "graph.json"
    if file.parent.name not in _graphs:
        try:
            graph = _from_json(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            graph = _from_manifest(dbt.manifest_of(settings, project))
            written = file.with_suffix(f".{os.getpid()}")
            written.write_text(json.dumps(asdict(graph)), encoding="utf-8")
            move_into_place(written, file)
        _graphs[file.parent.name] = graph
    return _graphs[file.parent.name]


def _from_json(document: dict[str, Any]) -> Graph:
    def node(told: dict[str, Any]) -> Node:
        columns = {name: Column(**column) for name, column in told.pop("columns").items()}
        return Node(columns=columns, **told)

    return Graph(
        nodes={key: node(told) for key, told in document["nodes"].items()},
        sources={key: node(told) for key, told in document["sources"].items()},
        children=document["children"],
        metrics=document["metrics"],
        semantic_manifest=document["semantic_manifest"],
    )


def _from_manifest(manifest: Any) -> Graph:
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    nodes = {
        key: _node(node) for key, node in manifest.nodes.items() if node.resource_type in {"model", "seed", "test"}
    }
    sources = {key: _node(source, schema=source.source_name) for key, source in manifest.sources.items()}
    return Graph(
        nodes=nodes,
        sources=sources,
        children={
            key: [child for child in children if child in nodes]
            for key, children in manifest.child_map.items()
            if key in nodes or key in sources
        },
        metrics=[
            {
                "metric_name": str(metric.name),
                "label": str(metric.label),
                "metric_type": str(metric.type.value),
                "description": " ".join(metric.description.split()),
            }
            | {name: str(metric.config.meta.get(name, "")) for name in METRIC_COLUMNS[4:]}
            for metric in sorted(manifest.metrics.values(), key=lambda metric: str(metric.name))
        ],
        semantic_manifest=str(SemanticManifest(manifest)._get_pydantic_semantic_manifest().json()),
    )


def _node(node: Any, schema: str = "") -> Node:
    kind = str(node.resource_type.value)
    shared: dict[str, Any] = {
        "unique_id": str(node.unique_id),
        "kind": kind,
        "schema": schema or str(node.schema),
        "name": str(node.name),
        "path": str(node.original_file_path),
        "description": " ".join(node.description.split()),
        "columns": {
            name: Column(
                name, str(column.data_type or ""), " ".join(column.description.split()), dict(column.config.meta)
            )
            for name, column in node.columns.items()
        },
        "meta": dict(node.config.meta or {}),
        "reads": [] if kind in {"source", "seed"} else list(node.depends_on.nodes),
    }
    if kind == "model":
        shared |= {
            "materialized": str(node.config.materialized),
            "language": str(node.language),
            "is_entity": str(node.raw_code).strip().startswith("{{ conform("),
        }
    elif kind == "test":
        shared |= {
            "severity": str(node.config.severity).upper(),
            "error_if": str(node.config.error_if),
            "warn_if": str(node.config.warn_if),
        }
    return Node(**shared)
