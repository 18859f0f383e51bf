"""Build the candidate with dbt, and audit it before anybody sees it."""

from dataclasses import dataclass, field, replace

import duckdb

from pipelines.commit_points import passed
from pipelines.errors import AuditError, BuildError
from pipelines.graph import Graph, Node
from pipelines.publish import dbt, replay
from pipelines.publish.absent import absent_models, create_empty
from pipelines.publish.candidate import Plan, stamp
from pipelines.publish.compiled import graph_of
from pipelines.publish.connection import last_words
from pipelines.publish.control import refresh_outcomes
from pipelines.publish.definitions import keep_definitions
from pipelines.publish.description import describe
from pipelines.publish.project import VERSION, Project
from pipelines.quality.outcomes import record_outcomes
from pipelines.settings import Settings
from pipelines.state import MATCHED, State
from pipelines.warehouse import quoted

_SHOWN_ROWS = 5
_ALWAYS = ("batch", "check_outcome", "refused_row", "corrected_record", "column_change")
"""The control tables that say something new in every build."""


@dataclass(frozen=True)
class BuiltModel:
    """A model that was built."""

    name: str
    schema: str
    seconds: float


@dataclass(frozen=True)
class Audit:
    """The outcome of all checks on a candidate, and the rows of its tables as (schema, name)."""

    checks: int
    rows: dict[tuple[str, str], int]
    warnings: list[str] = field(default_factory=list)


def build(settings: Settings, project: Project, plan: Plan, watch: dbt.Watcher | None = None) -> list[BuiltModel]:
    """Bring the candidate up to date; raises BuildError that names the model and the reason.

    A full plan builds everything that a configured system delivers; an incremental one the tables downstream of the raw
    tables that have news, or, where dbt has to be asked of news from the sources, all of them: without news they stay as they
    are, and a later day that reaches others asks dbt no more.
    """
    graph = graph_of(settings, project)
    absent = absent_models(settings, graph)
    if plan.is_full:
        create_empty(settings, absent)
        results = replay.execute(settings, project, replay.seeds(graph), ["seed"], watch, full=True)
        models = replay.models_to_run(graph, None, absent)
        command = ["run", "--full-refresh", *_without(absent)]
        results += replay.execute(settings, project, models, command, watch, full=True, absent=absent)
    else:
        models = replay.models_to_run(graph, _news(graph, plan), absent, is_incremental=True)
        selection = [*_selection(graph, plan), *(node.name for node in models if node.name.startswith(replay.CHANGED))]
        if plan.batches and not replay.knows(settings, project, models, full=False):
            models, selection = replay.models_to_run(graph, None, absent, is_incremental=True), []
        command = ["run", *selection, *_without(absent, *replay.LEFT_ALONE)]
        results = replay.execute(settings, project, models, command, watch, full=False, absent=absent)
    failed = [result for result in results if result.status == "error"]
    if failed:
        dbt.close_connections()
        reason = " ".join(failed[0].message.split())
        raise BuildError(
            f"The model {failed[0].name} does not build: {reason}",
            hint=f"The published version stays. See {settings.home.root / 'logs' / 'dbt.log'}.",
        )
    passed("candidate.built")
    return [BuiltModel(done.name, graph.nodes[done.unique_id].schema, round(done.seconds, 3)) for done in results]


def audit(settings: Settings, state: State, project: Project, plan: Plan, watch: dbt.Watcher | None = None) -> Audit:
    """Check the candidate: dbt's tests, and that staging holds as many records as the log.

    Raises AuditError that names the checks that failed and shows some of the rows.
    """
    graph = graph_of(settings, project)
    results = ask_tests(settings, project, plan, watch)
    dbt.close_its_connection()
    record_outcomes(state, [(result.name, result.status, result.failures) for result in results])
    with last_words(settings) as candidate:
        failures = [
            f"{result.name}: {result.message}{_failing_rows(candidate, result)}"
            for result in results
            if result.status in {"fail", "error"}
        ]
        failures += _count_differences(candidate, state, graph, plan)
        if failures:
            raise AuditError(
                f"The audit failed, the published version stays. {len(failures)} of {len(results) + 1} checks:\n  - "
                + "\n  - ".join(failures)
            )
        warnings = [
            f"{result.name}: {result.message}{_failing_rows(candidate, result) if result.is_shown else ''}"
            for result in results
            if result.status == "warn"
        ]
        rows = _rows(candidate)
        describe(candidate, graph)
        if plan.is_full or plan.has_new_definitions:
            keep_definitions(candidate, graph)
        refresh_outcomes(candidate, state)
        stamp(candidate, project, _keep_identity_model(candidate, state, plan))
    passed("candidate.audited")
    return Audit(len(results) + 1, rows, warnings)


def ask_tests(
    settings: Settings, project: Project, plan: Plan, watch: dbt.Watcher | None = None
) -> list[dbt.NodeResult]:
    """Ask dbt's tests of what a plan has built; the connection to the candidate stays open."""
    graph = graph_of(settings, project)
    absent = absent_models(settings, graph)
    tests = replay.tests_to_run(graph, None if plan.is_full else _news(graph, plan), absent)
    selection = [] if plan.is_full else _selection(graph, plan)
    if plan.batches and not replay.knows(settings, project, tests, full=plan.is_full):
        tests, selection = replay.tests_to_run(graph, None, absent), []
    # Tests ask for no relation, so dbt need not list them all first.
    command = ["test", *selection, *_without(absent, "test_type:unit"), "--no-populate-cache"]
    return replay.execute(settings, project, tests, command, watch, full=plan.is_full, absent=absent)


def _keep_identity_model(candidate: duckdb.DuckDBPyConnection, state: State, plan: Plan) -> Plan:
    """Keep the models that this build has learned to match records with, so that every later one uses them.

    Only a build of everything learns, and only where no model is kept. The number of the last one stands in every later version,
    also in those that had no news of customers: the tables alone do not say who learned them.
    """
    if not plan.is_full:
        return plan
    known = {model.subject for model in state.identity_models() if model.number <= plan.identity_model}
    for subject in MATCHED:
        found = candidate.execute(f"select parameters from conformed.{subject}_model where number > 0").fetchone()
        if found is not None and subject not in known:
            model = state.record_identity_model(str(found[0]), subject)
            plan = replace(plan, identity_model=model.number)
    return plan


def _without(absent: list[Node], *methods: str) -> list[str]:
    """Return dbt's options that leave out what is absent, and what other selectors name."""
    left_out = [*methods, *([f"tag:{dbt.LEFT_OUT}"] if absent else [])]
    return ["--exclude", *left_out] if left_out else []


def _news(graph: Graph, plan: Plan) -> list[str]:
    """Return the ids of dbt's sources that have something new: raw tables, and control tables."""
    wanted = {(f"raw_{system}", table) for system, table in plan.tables} | {("control", name) for name in _ALWAYS}
    if plan.has_new_decisions:
        wanted.add(("control", "identity_decision"))
    return [key for key, source in graph.sources.items() if (source.schema, source.name) in wanted]


def _selection(graph: Graph, plan: Plan) -> list[str]:
    """Return dbt's options that select what is downstream of what has news."""
    sources = [graph.sources[key] for key in _news(graph, plan)]
    return ["--select", *(f"source:{source.schema}.{source.name}+" for source in sources)]


def _rows(candidate: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    mine = "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
    tables = candidate.execute(mine).fetchall()
    # Hundreds of counts in one question take a third as long as one by one.
    counts = " union all ".join(
        f"select {number}, count(*) from {quoted(schema)}.{quoted(name)}"
        for number, (schema, name) in enumerate(tables)
    )
    return {tables[number]: int(rows) for number, rows in candidate.execute(counts).fetchall()} if tables else {}


def _count(candidate: duckdb.DuckDBPyConnection, schema: str, name: str, condition: str = "true") -> int:
    relation = f"{quoted(schema)}.{quoted(name)}"
    return int(candidate.execute(f"select count(*) from {relation} where {condition}").fetchall()[0][0])


def _living_records(candidate: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
    """Count the records of a staging table, which holds the latest version of each or all of them."""
    if not name.endswith(VERSION):
        return _count(candidate, schema, name, "not is_deleted")
    last = "max_by(is_deleted, (_batch_id, _row_number))"
    return int(
        candidate.execute(
            f"select count(*) from (from {quoted(schema)}.{quoted(name)} select 1 group by source_id having not {last})"
        ).fetchall()[0][0]
    )


def _failing_rows(candidate: duckdb.DuckDBPyConnection, result: dbt.NodeResult) -> str:
    if result.status not in {"fail", "warn"} or not result.compiled:
        return ""
    try:
        rows = candidate.sql(result.compiled).limit(_SHOWN_ROWS)
        columns = rows.columns
        shown = [
            ", ".join(f"{name}={value}" for name, value in zip(columns, row, strict=True)) for row in rows.fetchall()
        ]
    except duckdb.Error:
        return ""
    return "".join(f"\n      {row}" for row in shown)


def _count_differences(candidate: duckdb.DuckDBPyConnection, state: State, graph: Graph, plan: Plan) -> list[str]:
    """Compare the records alive in staging with those alive in the log, for every model that keeps one raw table."""
    alive = {
        (f"raw_{batch.system}", batch.table_name): batch.rows_alive
        for batch in state.batches()
        if batch.batch_id <= plan.through
    }
    differences = []
    for node in graph.models:
        if node.materialized != "incremental" or node.schema != "staging":
            continue
        parents = [graph.sources[parent] for parent in node.reads if parent in graph.sources]
        if len(parents) != 1 or len(node.reads) != 1:
            continue
        expected = alive.get((parents[0].schema, parents[0].name), 0)
        found = _living_records(candidate, node.schema, node.name)
        if found != expected:
            differences.append(
                f"{node.schema}.{node.name} holds {found:,} records, the log {expected:,} of "
                f"{parents[0].schema}.{parents[0].name}"
            )
    return differences
