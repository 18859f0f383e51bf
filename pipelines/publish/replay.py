"""What dbt executes for a node is the same as long as the project is: it is remembered, and executed again without dbt.

dbt takes some 60 ms of CPU for each node beside what DuckDB does: it renders, probes contracts, looks relations up, tells news.
The first run of a project goes through dbt, which says every statement that it executes; later runs execute the same ones in
the order of the graph. A script belongs to the text of the whole project, to the versions of dbt and DuckDB, and to the kind
of run: a full one begins with an empty candidate, an incremental one with a candidate that has every table. Nothing that dbt
compiles depends on rows. Whatever has no script sends the run through dbt.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from pipelines.home import move_into_place
from pipelines.publish import dbt
from pipelines.publish.project import Project
from pipelines.settings import Settings
from pipelines.warehouse import literal, opened, quoted

_COMMENT = re.compile(r"^\s*/\*.*?\*/\s*", re.DOTALL)
_CHANGING = re.compile(r"(?:create|insert|delete|drop|alter|update)\b", re.IGNORECASE)
_scripts: dict[str, dict[str, "Script"]] = {}


@dataclass
class Script:
    """What is executed for a node: ``statements`` of SQL in their order; ``compiled`` is its own code, SQL or Python."""

    statements: list[str] = field(default_factory=list)
    compiled: str = ""


def models_to_run(manifest: Any, sources: Iterable[str] | None, absent: Iterable[Any]) -> list[Any]:
    """Return the models that a run makes, in an order in which each comes after what it reads.

    ``sources`` are the ids of the sources with news; None means everything. An incremental run leaves views alone.
    """
    left_out = {node.unique_id for node in absent}
    reached = None if sources is None else _downstream(manifest, sources)
    models = {key: node for key, node in manifest.nodes.items() if node.resource_type == "model"}
    graph = {key: [parent for parent in node.depends_on.nodes if parent in models] for key, node in models.items()}
    return [
        models[key]
        for key in TopologicalSorter(graph).static_order()
        if key not in left_out
        and (reached is None or (key in reached and models[key].config.materialized not in {"view", "ephemeral"}))
    ]


def tests_to_run(manifest: Any, sources: Iterable[str] | None, absent: Iterable[Any]) -> list[Any]:
    """Return the tests of data that a run asks: downstream of ``sources`` (None: all), and none of what is absent."""
    left_out = {node.unique_id for node in absent}
    reached = None if sources is None else _downstream(manifest, sources)
    return [
        node
        for key, node in sorted(manifest.nodes.items())
        if node.resource_type == "test"
        and left_out.isdisjoint(node.depends_on.nodes)
        and (reached is None or key in reached)
    ]


def execute(
    settings: Settings,
    project: Project,
    nodes: list[Any],
    command: list[str],
    watch: dbt.Watcher | None,
    *,
    full: bool,
) -> list[dbt.NodeResult]:
    """Execute nodes on the candidate, from their scripts where all have one, else by ``command`` of dbt; returns what happened.

    A node that fails ends a replay. Raises BuildError when dbt cannot start.
    """
    if not nodes:
        return []
    file = _file(settings, project, full=full)
    scripts = _remembered(file)
    if all(node.unique_id in scripts for node in nodes):
        return _replay(settings, nodes, scripts, watch, full=full)
    heard: dict[str, list[str]] = {}

    def listen(event: Any) -> None:
        if event.info.name == "SQLQuery" and event.data.node_info.unique_id:
            heard.setdefault(event.data.node_info.unique_id, []).append(_COMMENT.sub("", event.data.sql).strip())

    results = dbt.invoke(settings, project, command, watch, listen)
    same = {result.unique_id for result in results} == {node.unique_id for node in nodes}
    if same and not any(result.status in {"error", "skipped"} for result in results):
        _remember(file, {result.unique_id: _script(result, heard.get(result.unique_id, [])) for result in results})
    return results


def _downstream(manifest: Any, sources: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(sources)
    while waiting:
        for child in manifest.child_map.get(waiting.pop(), []):
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def _script(result: dbt.NodeResult, heard: list[str]) -> Script:
    if result.kind == "test":
        return Script(heard[-1:], result.compiled)
    return Script([statement for statement in heard if _CHANGING.match(statement)], result.compiled)


def _file(settings: Settings, project: Project, *, full: bool) -> Path:
    digest = hashlib.sha256(" ".join(version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")).encode())
    digest.update(project.fingerprint.encode() + project.text.encode())
    return settings.home.root / "target" / "statements" / f"{digest.hexdigest()[:16]}-{'full' if full else 'news'}.json"


def _remembered(file: Path) -> dict[str, Script]:
    if file.name not in _scripts:
        try:
            known = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            known = {}
        _scripts[file.name] = {key: Script(**script) for key, script in known.items()}
    return _scripts[file.name]


def _remember(file: Path, scripts: dict[str, Script]) -> None:
    """Keep scripts beside those that are known, for this process and for later ones; those of other projects go."""
    known = _remembered(file) | scripts
    _scripts[file.name] = known
    file.parent.mkdir(parents=True, exist_ok=True)
    mine = file.name.split("-")[0]
    for other in file.parent.iterdir():
        if not other.name.startswith(mine):
            other.unlink(missing_ok=True)
    written = file.with_suffix(".new")
    written.write_text(json.dumps({key: asdict(script) for key, script in known.items()}), encoding="utf-8")
    move_into_place(written, file)


def _replay(
    settings: Settings, nodes: list[Any], scripts: dict[str, Script], watch: dbt.Watcher | None, *, full: bool
) -> list[dbt.NodeResult]:
    dbt.close_connections()
    limits: dict[str, Any] = {
        "memory_limit": settings.warehouse.memory_limit,
        "threads": settings.warehouse.threads,
        "temp_directory": str(settings.home.spill),
        "preserve_insertion_order": False,
    }
    results = []
    with opened(settings.home.candidate, **limits) as candidate:
        candidate.execute(f"attach {literal(str(settings.home.log_catalog))} as log (read_only)")
        for schema in sorted({node.schema for node in nodes if node.resource_type == "model"}):
            candidate.execute(f"create schema if not exists {quoted(schema)}")
        for number, node in enumerate(nodes, start=1):
            results.append(_executed(candidate, node, scripts[node.unique_id], full=full))
            if watch is not None:
                watch(node.name, number, len(nodes))
            if results[-1].status == "error":
                break
    dbt.close_connections()
    return results


def _executed(candidate: duckdb.DuckDBPyConnection, node: Any, script: Script, *, full: bool) -> dbt.NodeResult:
    started = time.perf_counter()
    failures = 0
    try:
        if node.resource_type == "test":
            status, message, failures = _asked(candidate, node, script)
        else:
            candidate.execute("begin")
            if node.language == "python":
                _run_python(candidate, node, script, full=full)
            else:
                for statement in script.statements:
                    candidate.execute(statement)
            candidate.execute("commit")
            status, message = "success", "OK"
    except duckdb.Error as error:
        status, message = "error", str(error)
    return dbt.NodeResult(
        name=node.name,
        unique_id=node.unique_id,
        kind=str(node.resource_type),
        status=status,
        message=message,
        seconds=time.perf_counter() - started,
        failures=failures,
        compiled=script.compiled,
        is_shown=bool(node.config.meta.get("is_shown", False)),
    )


def _asked(candidate: duckdb.DuckDBPyConnection, node: Any, script: Script) -> tuple[str, str, int]:
    """Ask a test and judge its answer as dbt does: failures, and whether they are so many that it warns or fails."""
    failures, warns, fails = candidate.execute(script.statements[-1]).fetchall()[0]
    if str(node.config.severity).upper() == "ERROR" and fails:
        return "fail", f"Got {failures} results, configured to fail if {node.config.error_if}", int(failures)
    if warns:
        return "warn", f"Got {failures} results, configured to warn if {node.config.warn_if}", int(failures)
    return "pass", "", int(failures or 0)


def _run_python(candidate: duckdb.DuckDBPyConnection, node: Any, script: Script, *, full: bool) -> None:
    for statement in script.statements:
        if statement.lower().startswith("delete"):
            candidate.execute(statement)
    names: dict[str, Any] = {}
    exec(compile(script.compiled, node.original_file_path, "exec"), names)  # noqa: S102  the project's own model, as dbt runs it
    stand_in = names["dbtObj"](lambda relation: candidate.query(f"from {relation}"))
    made = names["model"](stand_in, SimpleNamespace(_cursor=candidate))
    relation = f"{quoted(node.schema)}.{quoted(node.name)}"
    if full or node.config.materialized == "table":
        candidate.execute(f"create or replace table {relation} as from made")
    else:
        candidate.execute(f"insert into {relation} by name from made")
    del made
