"""One run, from the sources to the published version: ingest, build, audit, publish."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal, ParamSpec, Protocol, TypeVar

from pydantic import BaseModel

from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.identity.history import CUSTOMERS
from pipelines.ingest.account import TableAccount
from pipelines.ingest.tables import ingest_table
from pipelines.privacy.completion import complete_erasures
from pipelines.privacy.erased import Erased
from pipelines.privacy.log import clean_log
from pipelines.publish import build as building
from pipelines.publish import candidate, rehearsal, versions
from pipelines.publish.project import compose
from pipelines.quality.door import learn
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import current_version

P = ParamSpec("P")
R = TypeVar("R")


class Progress(Protocol):
    """Who watches a run. Steps begin and end; within a step, items are done one after the other."""

    def begin(self, step: str, total: int) -> None:
        """A step begins, with ``total`` items where that is known (else 0)."""

    def advance(self, step: str, item: str, done: int, total: int) -> None:
        """An item of a step ended."""

    def end(self, step: str, summary: str) -> None:
        """A step ended."""


class Silent:
    """Nobody watches."""

    def begin(self, step: str, total: int) -> None:
        """Say nothing."""

    def advance(self, step: str, item: str, done: int, total: int) -> None:
        """Say nothing."""

    def end(self, step: str, summary: str) -> None:
        """Say nothing."""


class Steps(Protocol):
    """How the steps of a run are called: plainly, or each as a Prefect task."""

    def __call__(self, name: str, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call ``step`` with its arguments, under ``name``."""


def plainly(name: str, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call the step and nothing else; the name is for those who watch."""
    del name
    return step(*args, **kwargs)


class ModelAccount(BaseModel):
    """A model that the run built; ``rows`` afterwards, None for a view."""

    name: str
    rows: int | None
    seconds: float


class VersionAccount(BaseModel):
    """The version that readers see when the run ends."""

    number: int
    published_at: datetime
    through_batch_id: int


class RunAccount(BaseModel):
    """The whole account of a run; ``outcome``: published, unchanged (nothing was new) or failed."""

    run_id: int
    started_at: datetime
    mode: Literal["full", "incremental", "none"] = "none"
    mode_reason: str = ""
    outcome: Literal["published", "unchanged", "failed"] = "failed"
    tables: list[TableAccount] = []
    models: list[ModelAccount] = []
    checks: int = 0
    warnings: list[str] = []
    steps: dict[str, float] = {}
    version: VersionAccount | None = None
    error: str | None = None

    @property
    def held(self) -> list[TableAccount]:
        """The tables whose delivery could not be trusted."""
        return [table for table in self.tables if table.status == "held"]


def run(
    settings: Settings,
    state: State,
    *,
    full: bool = False,
    keep: bool = False,
    with_ingest: bool = True,
    progress: Progress | None = None,
    steps: Steps = plainly,
    account: RunAccount | None = None,
) -> RunAccount:
    """Run everything once and return the account of it.

    ``full`` rebuilds the warehouse from the whole log; ``keep`` keeps a candidate that failed; without ``with_ingest`` the
    sources are left alone. Completes what erasures of persons have left to do. Raises ConcordError when the run fails; the
    published version is untouched then, and ``account`` (if it was passed in) says how far the run came.
    """
    watch = progress or Silent()
    account = account if account is not None else new_account(state)
    try:
        settings.home.create()
        with settings.home.lock("project"):
            project = compose(settings)
        erased = clean_log(settings, state, project)
        if with_ingest:
            with _step(account, watch, "ingest", sum(len(source.tables) for source in settings.sources.values())):
                _ingest(settings, state, account, watch, steps, erased)
            _refuse_nothing(account)
            clean_log(settings, state, project)
        if rehearsal.is_awaited(settings):
            with _step(account, watch, "compile", 0):
                steps("await the rehearsal", rehearsal.end, settings)
                watch.end("compile", "dbt has gone through the models")
        with settings.home.lock("build"):
            versions.adopt(settings.home, state)
            plan = candidate.plan_build(settings, state, project, full=full)
            account.mode, account.mode_reason = ("full" if plan.is_full else "incremental"), plan.reason
            if plan.is_needed:
                _build_and_publish(settings, state, project, plan, account, watch, steps, keep)
            else:
                account.mode, account.outcome = "none", "unchanged"
            complete_erasures(settings, state)
        account.version = _current(settings.home, state)
    except ConcordError as error:
        account.error = str(error)
        raise
    finally:
        state.end_run(account.run_id, account.outcome, account.model_dump(mode="json"))
    return account


def new_account(state: State) -> RunAccount:
    """Start the account of a new run."""
    return RunAccount(run_id=state.start_run(), started_at=datetime.now(UTC))


def _ingest(
    settings: Settings, state: State, account: RunAccount, watch: Progress, steps: Steps, erased: Erased
) -> None:
    names = [(system, name) for system, source in settings.sources.items() for name in source.tables]
    learn(
        (source.tables[name] for source in settings.sources.values() for name in source.tables), settings.home.contracts
    )
    for done, (system, name) in enumerate(names, start=1):
        table = steps(f"ingest {system}.{name}", ingest_table, settings, state, system, name, account.run_id, erased)
        account.tables.append(table)
        watch.advance("ingest", table.name, done, len(names))
    watch.end("ingest", f"{sum(table.admitted for table in account.tables):,} rows admitted")


def _refuse_nothing(account: RunAccount) -> None:
    """Raise ConcordError when no table could be taken in and the log is empty: there is nothing to build."""
    if account.held and not any(table.current or table.batches for table in account.tables):
        more = f" ({len(account.held) - 1} more tables were held)" if len(account.held) > 1 else ""
        raise ConcordError(f"Nothing could be taken in: {account.held[0].messages[-1]}{more}")


def _build_and_publish(
    settings: Settings,
    state: State,
    project: Any,
    plan: candidate.Plan,
    account: RunAccount,
    watch: Progress,
    steps: Steps,
    keep: bool,
) -> None:
    try:
        with _step(account, watch, "build", 0):
            steps("copy the published version", candidate.make_candidate, settings, state, plan)
            models = steps("build", building.build, settings, project, plan, _watcher(watch, "build"))
            watch.end("build", f"{len(models)} models, {account.mode}")
        with _step(account, watch, "audit", 0):
            outcome = steps("audit", building.audit, settings, state, project, plan, _watcher(watch, "audit"))
            account.checks, account.warnings = outcome.checks, outcome.warnings
            account.models = [
                ModelAccount(name=f"{m.schema}.{m.name}", rows=outcome.rows.get((m.schema, m.name)), seconds=m.seconds)
                for m in models
            ]
            watch.end("audit", f"{outcome.checks} checks passed")
        with _step(account, watch, "publish", 1):
            is_new = any(model.name == CUSTOMERS for model in account.models)
            version = steps("publish", versions.publish, settings, state, plan.through, has_new_customers=is_new)
            account.outcome = "published"
            watch.end("publish", f"version {version.number}")
    except ConcordError:
        if not keep:
            candidate.discard_candidate(settings.home)
        raise


def _current(home: Home, state: State) -> VersionAccount | None:
    number = current_version(home)
    for version in state.versions():
        if version.number == number:
            return VersionAccount(
                number=version.number, published_at=version.published_at, through_batch_id=version.through_batch_id
            )
    return None


def _watcher(watch: Progress, step: str) -> Callable[[str, int, int], None]:
    return lambda item, done, total: watch.advance(step, item, done, total)


@contextmanager
def _step(account: RunAccount, watch: Progress, name: str, total: int) -> Iterator[None]:
    watch.begin(name, total)
    started = time.perf_counter()
    try:
        yield
    finally:
        account.steps[name] = round(time.perf_counter() - started, 3)
