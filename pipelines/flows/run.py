"""The run as a Prefect flow: each step a task with a name, retries where waiting helps, the account as an artifact."""

from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State as FlowState
from prefect.client.schemas.objects import TaskRun
from prefect.tasks import Task
from sqlalchemy.exc import OperationalError

from pipelines import run as runs
from pipelines.settings import load_settings
from pipelines.state import State

P = ParamSpec("P")
R = TypeVar("R")

watcher: ContextVar[runs.Progress | None] = ContextVar("watcher", default=None)
account: ContextVar[runs.RunAccount | None] = ContextVar("account", default=None)


@flow(name="concord-run", flow_run_name="run-{number}", validate_parameters=False, persist_result=False)
def concord_run(
    config: str,
    number: int = 0,  # noqa: ARG001 - names the run
    full: bool = False,
    keep: bool = False,
) -> runs.RunAccount:
    """Ingest, build, audit and publish once, as ``concord run`` does; ``config`` is the path of a concord.toml.

    Raises ConcordError when the run fails; the published version is untouched then.
    """
    settings = load_settings(Path(config))
    settings.home.create()
    with State(settings.state_url.get_secret_value()) as state:
        current = account.get() or runs.new_account(state)  # a deployment has no command line that made one
        try:
            runs.run(settings, state, full=full, keep=keep, progress=watcher.get(), steps=_as_task, account=current)
        finally:
            _leave_artifacts(current)
    return current


def _as_task(name: str, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a step as a Prefect task; only what may pass by itself is tried again."""

    def call() -> R:
        return step(*args, **kwargs)

    named = Task(
        call,
        name=name.split(maxsplit=1)[0],
        task_run_name=name,
        retries=2,
        retry_delay_seconds=[1.0, 5.0],
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    return named()


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: FlowState[Any]) -> bool:
    """Whether a failure may pass by itself: the state store is busy, a network hiccup. Not what a person must fix."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OperationalError | ConnectionError | TimeoutError)


def _leave_artifacts(done: runs.RunAccount) -> None:
    columns = ("system", "table", "status", "read", "quarantined", "admitted", "unchanged", "deleted", "current")
    rows = [{column: getattr(table, column) for column in columns} for table in done.tables]
    create_table_artifact(key="concord-account", table=rows, description="What the run did to each table")
    steps = "\n".join(f"| {step} | {seconds:.1f} s |" for step, seconds in done.steps.items())
    version = f"version {done.version.number}" if done.version else "no version"
    create_markdown_artifact(
        key="concord-run",
        markdown=f"**{done.outcome}**, {done.mode}: {version}, {done.checks} checks\n\n| step | time |\n|---|---|\n{steps}\n"
        + (f"\n{done.error}\n" if done.error else ""),
        description="How the run ended",
    )
