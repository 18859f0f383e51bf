"""dbt in this process: run models, run tests, and tell what happened."""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.errors import BuildError
from pipelines.publish.connection import close_candidates
from pipelines.publish.project import Project
from pipelines.settings import Settings

Watcher = Callable[[str, int, int], None]

LEFT_OUT = "left_out"
"""A tag. Models named one by one are looked for in the whole project one by one, which takes seconds."""
_LOGGED = {"info", "warn", "error"}
_manifests: dict[tuple[str, str], Any] = {}


@dataclass(frozen=True)
class NodeResult:
    """What happened to one dbt node: a model, a seed or a test. ``status``: success, pass, warn, fail, error or skipped.

    ``is_shown`` marks a test whose rows a warning shows, because they are no one's data (``meta: {is_shown: true}``).
    """

    name: str
    unique_id: str
    kind: str
    status: str
    message: str
    seconds: float
    failures: int
    compiled: str
    is_shown: bool = False


def invoke(
    settings: Settings,
    project: Project,
    command: Sequence[str],
    watch: Watcher | None = None,
    listen: Callable[[Any], None] = lambda _event: None,
    left_out: Iterable[str] = (),
) -> list[NodeResult]:
    """Run one dbt command on the candidate and return its results node by node.

    ``watch`` is called with (node, done, total) whenever a node ends, ``listen`` with all that dbt tells; the models with the ids
    ``left_out`` have the tag of that name. Raises BuildError when dbt cannot even start, for instance because a model does not
    compile.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    from dbt.cli.main import dbtRunner

    def on_event(event: Any) -> None:
        if watch is not None and event.info.name in {"LogModelResult", "LogTestResult", "LogSeedResult"}:
            data = event.data
            total = data.num_models if event.info.name == "LogTestResult" else data.total
            watch(str(data.node_info.node_name), int(data.index), int(total))

    manifest = manifest_of(settings, project)
    with _environment(settings), _log(settings) as log:
        for node in manifest.nodes.values():
            if node.resource_type == "seed":
                node.root_path = str(project.folder)  # the one place where a manifest remembers its home
        for key in left_out:
            if LEFT_OUT not in manifest.nodes[key].tags:
                manifest.nodes[key].tags.append(LEFT_OUT)
        # Artifacts are for the documentation; a run has its own account.
        artifacts = [] if command[0] == "docs" else ["--no-write-json"]
        arguments = [*command, *_options(settings, project), *artifacts]
        outcome = dbtRunner(manifest=manifest, callbacks=[log, on_event, listen]).invoke(arguments)
    if outcome.exception is not None or outcome.result is None:
        reason = str(outcome.exception or "it gave no result").strip()
        raise BuildError(f"dbt {command[0]} stopped: {reason}", hint=f"See {settings.home.root / 'logs' / 'dbt.log'}.")
    if not hasattr(outcome.result, "results"):
        return []
    return [_node_result(result) for result in outcome.result.results]


def manifest_of(settings: Settings, project: Project) -> Any:
    """Return dbt's manifest of the project, parsed once in this process for each state of models and metrics.

    Raises BuildError when the project does not parse.
    """
    state = (project.fingerprint, project.text)
    if state not in _manifests:
        from dbt.cli.main import dbtRunner

        with _environment(settings), _log(settings) as log:
            outcome = dbtRunner(callbacks=[log]).invoke(["parse", "--no-write-json", *_options(settings, project)])
        if outcome.exception is not None or outcome.result is None:
            raise BuildError(
                f"The models do not parse: {str(outcome.exception).strip()}", hint="Correct the model that it names."
            )
        _manifests[state] = outcome.result
        gc.collect()
        gc.freeze()  # it stays as long as the process: later collections need not walk through its million objects
    return _manifests[state]


def close_connections() -> None:
    """Close the connections to the candidate, dbt's and ours, which writes what is pending into the file."""
    close_candidates()
    close_its_connection()


def close_its_connection() -> None:
    """Close dbt's connection to the candidate."""
    connections = sys.modules.get("dbt.adapters.duckdb.connections")
    if connections is not None and connections.DuckDBConnectionManager._ENV is not None:
        connections.DuckDBConnectionManager.close_all_connections()
        gc.collect()  # what Python models leave in circles would keep the file open


def _options(settings: Settings, project: Project) -> list[str]:
    return [
        *("--project-dir", str(project.folder), "--profiles-dir", str(project.folder)),
        *("--target-path", str(settings.home.root / "target"), "--log-path", str(settings.home.root / "logs")),
        *("--log-level", "none", "--log-level-file", "none"),
        *("--no-send-anonymous-usage-stats", "--no-version-check", "--no-use-colors", "--no-print"),
    ]


@contextmanager
def _log(settings: Settings) -> Iterator[Callable[[Any], None]]:
    """Give a listener that writes dbt's news into logs/dbt.log.

    dbt's own log file costs it a tenth of its time: it writes every line, and then throws away what is not wanted.
    """
    folder = settings.home.root / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "dbt.log").open("a", encoding="utf-8") as log:

        def heard(event: Any) -> None:
            if event.info.level in _LOGGED:
                log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {event.info.level:5} {event.info.msg}\n")

        yield heard


@contextmanager
def _environment(settings: Settings) -> Iterator[None]:
    """Tell the profile where the candidate is; dbt reads nothing else from us."""
    values = {
        "CONCORD_CANDIDATE": str(settings.home.candidate),
        "CONCORD_LOG": str(settings.home.log_catalog),
        "CONCORD_SPILL": str(settings.home.spill),
        "CONCORD_MEMORY_LIMIT": settings.warehouse.memory_limit,
        "CONCORD_THREADS": str(settings.warehouse.threads),
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _node_result(result: Any) -> NodeResult:
    node = result.node
    return NodeResult(
        name=node.name,
        unique_id=node.unique_id,
        kind=str(node.resource_type),
        status=str(result.status),
        message=str(result.message or ""),
        seconds=float(result.execution_time),
        failures=int(result.failures or 0),
        compiled=str(getattr(node, "compiled_code", "") or ""),
        is_shown=bool(node.config.meta.get("is_shown", False)),
    )
