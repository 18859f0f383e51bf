"""What dbt executes for a node is the same as long as the project is: it is remembered, and executed again without dbt.

dbt takes some 60 ms of CPU for each node beside what DuckDB does: it renders, probes contracts, looks relations up, tells news.
The first run of a project, or its rehearsal, goes through dbt, which says every statement that it executes; later runs execute
the same ones in the order of the graph. A script belongs to the text of the whole project, to the versions of dbt and DuckDB, and
to the kind of run: a full one begins with an empty candidate, an incremental one with a candidate that has every table. Nothing
that dbt compiles depends on rows. Whatever has no script sends the run through dbt.
"""

import fcntl
import json
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from pipelines.graph import Graph, Node
from pipelines.home import move_into_place
from pipelines.publish import dbt
from pipelines.publish.compiled import compiled_folder
from pipelines.publish.connection import candidate_connection, close_candidates
from pipelines.publish.project import Project
from pipelines.settings import Settings
from pipelines.warehouse import literal, quoted

_COMMENT = re.compile(r"^\s*/\*.*?\*/\s*", re.DOTALL)
_LASTING = re.compile(
    r"(?:create|insert|delete|drop|alter|update|set variable(?! after_batch_id))\b", re.IGNORECASE
)  # a connection knows the last batch from its beginning
_UNCHANGING = ("view", "ephemeral")
LEFT_ALONE = [f"config.materialized:{kind}" for kind in _UNCHANGING]
"""How dbt is told what an incremental run leaves alone."""
CHANGED = "changed_"
"""What the names of models begin with that say what a build has to make anew."""
_scripts: dict[str, dict[str, "Script"]] = {}


@dataclass
class Script:
    """What is executed for a node: ``statements`` of SQL in their order; ``compiled`` is its own code, SQL or Python."""

    statements: list[str] = field(default_factory=list)
    compiled: str = ""


def models_to_run(
    graph: Graph, sources: Iterable[str] | None, absent: Iterable[Node], *, is_incremental: bool = False
) -> list[Node]:
    """Return the models that a run makes, in an order in which each comes after what it reads.

    ``sources`` are the ids of the sources with news; None means all. An incremental run leaves views alone, and makes the
    models that say what changed for those that it reaches: left as they are they would tell of the build before once more. Those
    that are stamped with their build (``meta: {is_stamped: true}``) cannot be mistaken, and stay.
    """
    left_out = {node.unique_id for node in absent}
    reached = None if sources is None else _with_changes(graph, _downstream(graph, sources))
    models = {node.unique_id: node for node in graph.models}
    parents = {key: [parent for parent in node.reads if parent in models] for key, node in models.items()}
    return [
        models[key]
        for key in TopologicalSorter(parents).static_order()
        if key not in left_out
        and (reached is None or key in reached)
        and not (is_incremental and models[key].materialized in _UNCHANGING)
    ]


def seeds(graph: Graph) -> list[Node]:
    """Return the seeds."""
    return [node for node in graph.nodes.values() if node.kind == "seed"]


def tests_to_run(graph: Graph, sources: Iterable[str] | None, absent: Iterable[Node]) -> list[Node]:
    """Return the tests of data that a run asks: downstream of ``sources`` (None: all), and none of what is absent."""
    left_out = {node.unique_id for node in absent}
    reached = None if sources is None else _downstream(graph, sources)
    return [
        node
        for key, node in sorted(graph.nodes.items())
        if node.kind == "test" and left_out.isdisjoint(node.reads) and (reached is None or key in reached)
    ]


def knows(settings: Settings, project: Project, nodes: Iterable[Node], *, full: bool) -> bool:
    """Whether nodes can be executed without dbt, in a full build or in an incremental one."""
    nodes = list(nodes)
    scripts = _remembered(_file(settings, project, full=full), nodes)
    return all(node.unique_id in scripts for node in nodes)


def knows_full_build(settings: Settings, project: Project, graph: Graph, absent: Iterable[Node]) -> bool:
    """Whether a build of everything, and its tests, can be executed without dbt."""
    nodes = [*seeds(graph), *models_to_run(graph, None, absent), *tests_to_run(graph, None, absent)]
    return knows(settings, project, nodes, full=True)


def execute(
    settings: Settings,
    project: Project,
    nodes: list[Node],
    command: list[str],
    watch: dbt.Watcher | None,
    *,
    full: bool,
    absent: Iterable[Node] = (),
) -> list[dbt.NodeResult]:
    """Execute nodes on the candidate, from their scripts where all have one, else by ``command`` of dbt; returns what happened.

    The command leaves out what is ``absent`` by its tag (see ``dbt.invoke``). A node that fails ends a replay. Raises BuildError
    when dbt cannot start.
    """
    if not nodes:
        return []
    file = _file(settings, project, full=full)
    if knows(settings, project, nodes, full=full):
        return _replay(settings, project, nodes, _scripts[str(file)], watch, full=full)
    close_candidates()
    heard: dict[str, list[str]] = {}

    def listen(event: Any) -> None:
        if event.info.name == "SQLQuery" and event.data.node_info.unique_id:
            heard.setdefault(event.data.node_info.unique_id, []).append(_COMMENT.sub("", event.data.sql).strip())

    results = dbt.invoke(settings, project, command, watch, listen, [node.unique_id for node in absent])
    same = {result.unique_id for result in results} == {node.unique_id for node in nodes}
    if same and not any(result.status in {"error", "skipped"} for result in results):
        _remember(file, {result.unique_id: _script(result, heard.get(result.unique_id, [])) for result in results})
    return results


def _downstream(graph: Graph, sources: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(sources)
    while waiting:
        for child in graph.children.get(waiting.pop(), []):
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def _with_changes(graph: Graph, reached: set[str]) -> set[str]:
    waiting, found = list(reached), set(reached)
    while waiting:
        node = graph.nodes.get(waiting.pop())
        for parent in node.reads if node is not None and node.kind == "model" else []:
            changes = graph.nodes.get(parent)
            if (
                changes is None
                or parent in found
                or not changes.name.startswith(CHANGED)
                or changes.meta.get("is_stamped")
            ):
                continue
            found.add(parent)
            waiting.append(parent)
    return found


def _file(settings: Settings, project: Project, *, full: bool) -> Path:
    return compiled_folder(settings, project) / ("full.json" if full else "news.json")


def _script(result: dbt.NodeResult, heard: list[str]) -> Script:
    if result.kind == "test":
        return Script(heard[-1:], result.compiled)
    return Script([statement for statement in heard if _LASTING.match(statement)], result.compiled)


def _remembered(file: Path, nodes: Iterable[Node]) -> dict[str, Script]:
    """Return the scripts of a file; it is read again when they lack a node, which another process may have added."""
    known = _scripts.setdefault(str(file), {})
    if not all(node.unique_id in known for node in nodes):
        known |= _read(file)
    return known


def _read(file: Path) -> dict[str, Script]:
    try:
        return {key: Script(**script) for key, script in json.loads(file.read_text(encoding="utf-8")).items()}
    except (FileNotFoundError, ValueError):
        return {}


def _remember(file: Path, scripts: dict[str, Script]) -> None:
    """Keep scripts beside those that are known, for this process and for others."""
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _read(file) | scripts
        written = file.with_suffix(".new")
        written.write_text(json.dumps({key: asdict(script) for key, script in known.items()}), encoding="utf-8")
        move_into_place(written, file)
    _scripts[str(file)] = known


def _replay(
    settings: Settings,
    project: Project,
    nodes: list[Node],
    scripts: dict[str, Script],
    watch: dbt.Watcher | None,
    *,
    full: bool,
) -> list[dbt.NodeResult]:
    dbt.close_its_connection()
    candidate = candidate_connection(settings)
    results = []
    for schema in sorted({node.schema for node in nodes if node.kind != "test"}):
        candidate.execute(f"create schema if not exists {quoted(schema)}")
    for number, node in enumerate(nodes, start=1):
        script = scripts[node.unique_id]
        if node.kind == "seed":  # dbt shortens what it tells of the statement that reads the file
            script = Script([*script.statements, _copied(node, project)])
        results.append(_executed(candidate, node, script, full=full))
        if watch is not None:
            watch(node.name, number, len(nodes))
        if results[-1].status == "error":
            break
    return results


def _copied(seed: Node, project: Project) -> str:
    file = literal(str(project.folder / seed.path))
    return f"copy {quoted(seed.schema)}.{quoted(seed.name)} from {file} (format csv, header)"


def _executed(candidate: duckdb.DuckDBPyConnection, node: Node, script: Script, *, full: bool) -> dbt.NodeResult:
    started = time.perf_counter()
    failures = 0
    try:
        if node.kind == "test":
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
        kind=node.kind,
        status=status,
        message=message,
        seconds=time.perf_counter() - started,
        failures=failures,
        compiled=script.compiled,
        is_shown=bool(node.meta.get("is_shown", False)),
    )


def _asked(candidate: duckdb.DuckDBPyConnection, node: Node, script: Script) -> tuple[str, str, int]:
    """Ask a test and judge its answer as dbt does: failures, and whether they are so many that it warns or fails."""
    failures, warns, fails = candidate.execute(script.statements[-1]).fetchall()[0]
    if node.severity == "ERROR" and fails:
        return "fail", f"Got {failures} results, configured to fail if {node.error_if}", int(failures)
    if warns:
        return "warn", f"Got {failures} results, configured to warn if {node.warn_if}", int(failures)
    return "pass", "", int(failures or 0)


def _run_python(candidate: duckdb.DuckDBPyConnection, node: Node, script: Script, *, full: bool) -> None:
    for statement in script.statements:
        if statement.lower().startswith("delete"):
            candidate.execute(statement)
    names: dict[str, Any] = {}
    exec(compile(script.compiled, node.path, "exec"), names)  # noqa: S102  the project's own model, as dbt runs it
    stand_in = names["dbtObj"](lambda relation: candidate.query(f"from {relation}"))
    made = names["model"](stand_in, SimpleNamespace(_cursor=candidate))
    relation = f"{quoted(node.schema)}.{quoted(node.name)}"
    if full or node.materialized == "table":
        candidate.execute(f"create or replace table {relation} as from made")
    else:
        candidate.execute(f"insert into {relation} by name from made")
    del made
