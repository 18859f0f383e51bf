"""The candidate: a copy of what is published, or nothing, and the batches that it has to take in."""

import errno
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.commit_points import passed
from pipelines.errors import BuildError
from pipelines.home import Home
from pipelines.ingest.landing import raw_view
from pipelines.privacy.record import erasures as all_erasures
from pipelines.privacy.record import revision
from pipelines.publish.connection import close_candidates
from pipelines.publish.control import quality_tables
from pipelines.publish.project import Project
from pipelines.settings import Settings
from pipelines.state import Batch, State
from pipelines.warehouse import current_version, literal, read_published, version_file, write_log_catalog

_BATCH_COLUMNS = """
    batch_id integer, source_system varchar, table_name varchar, load varchar, origin varchar, extracted_at timestamp,
    landed_at timestamp,
    rows_read bigint, rows_quarantined bigint, rows_admitted bigint, rows_unchanged bigint, rows_deleted bigint,
    rows_current bigint
"""
_MODEL_COLUMNS = "number integer, subject varchar, parameters varchar"
_DECISION_COLUMNS = "left_id varchar, right_id varchar, verdict varchar"
_ERASED_COLUMNS = "erasure_id integer, entity varchar, source_system varchar, source_id varchar"
_RULE_COLUMNS = "batch_id integer, rule varchar, column_name varchar, severity varchar, rows_broken bigint"


@dataclass(frozen=True)
class Plan:
    """What a build has to do. ``base`` is the version it starts from (None: from nothing), ``reason`` why from nothing.

    The build takes in the batches above ``after`` up to ``through``; ``tables`` are the raw tables that they belong to.
    ``decisions`` are the stewards' words on customers up to now, ``has_new_decisions`` whether the base lacks some;
    ``identity_model`` is the number of the latest matching model, 0 before one was trained; ``erasures`` how often the log was
    gone through for erased persons; ``has_new_definitions`` whether metrics are defined anew since the base.
    """

    base: int | None
    reason: str
    after: int
    through: int
    batches: list[Batch]
    decisions: int = 0
    has_new_decisions: bool = False
    identity_model: int = 0
    erasures: int = 0
    has_new_definitions: bool = False

    @property
    def is_full(self) -> bool:
        """Whether everything is built anew."""
        return self.base is None

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do."""
        return self.is_full or bool(self.batches) or self.has_new_decisions or self.has_new_definitions

    @property
    def tables(self) -> list[tuple[str, str]]:
        """The raw tables with news, as (system, table)."""
        return sorted({(batch.system, batch.table_name) for batch in self.batches})


def plan_build(settings: Settings, state: State, project: Project, *, full: bool) -> Plan:
    """Decide what the next build has to do: the batches that the current version has not seen, or everything."""
    base = current_version(settings.home)
    model_number = max((model.number for model in state.identity_models()), default=0)
    decisions = max((decision.decision_id for decision in state.identity_decisions()), default=0)
    erasures = revision(state)
    reason, after, seen = "", 0, Stamp()
    if full:
        base, reason = None, "asked for with --full"
    elif base is None:
        reason = "the first version"
    else:
        seen = stamp_of(settings.home, base)
        if seen.fingerprint != project.fingerprint:
            base, reason = None, "the models or the shape of the sources changed"
        elif seen.identity_model != model_number:
            base, reason = None, "a model that matches records is a new one"
        elif seen.erasures != erasures:
            base, reason = None, "a person was erased from the log"
        else:
            after = seen.through
    batches = [batch for batch in state.batches(after=after) if _is_configured(settings, batch)]
    through = max((batch.batch_id for batch in batches), default=after)
    news = [batch for batch in batches if batch.file]
    has_new_decisions, has_new_definitions = seen.decisions < decisions, seen.definitions != project.definitions
    return Plan(
        *(base, reason, after, through, news),
        *(decisions, has_new_decisions, model_number, erasures, has_new_definitions),
    )


def make_candidate(settings: Settings, state: State, plan: Plan) -> None:
    """Lay out the candidate of a plan, and the catalog of the log that its models read.

    Raises BuildError when the disk has no room for a copy of the published version.
    """
    home = settings.home
    discard_candidate(home)
    if plan.base is not None:
        published = version_file(home, plan.base)
        _forget_others(home, published)
        try:
            _copy(published, home.candidate)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise BuildError(
                f"The disk is full: version {plan.base} ({published.stat().st_size / 1e6:,.0f} MB) cannot be copied.",
                hint=f"A build makes the next version beside the last one. Make room below {home.root} and run again.",
            ) from error
    passed("candidate.copied")
    views = []
    for system, source in settings.sources.items():
        for name, contract in source.tables.items():
            mine = [batch for batch in plan.batches if (batch.system, batch.table_name) == (system, name)]
            views.append((f"raw_{system}", name, raw_view(home, mine, contract)))
    control = _control_tables(state, plan) + quality_tables(settings, state, plan.after, plan.through)
    write_log_catalog(home.log_catalog, views, control)


def discard_candidate(home: Home) -> None:
    """Remove the candidate and everything beside it."""
    close_candidates()
    for leftover in home.candidate.parent.iterdir():
        if leftover.is_file():
            leftover.unlink()
        else:
            shutil.rmtree(leftover)


@dataclass(frozen=True)
class Stamp:
    """What a version is made of: the log up to a batch, models, definitions of metrics, stewards' words, matching, erasures."""

    through: int = 0
    fingerprint: str = ""
    decisions: int = 0
    identity_model: int = 0
    erasures: int = 0
    definitions: str = ""


def stamp(candidate: duckdb.DuckDBPyConnection, project: Project, plan: Plan) -> None:
    """Write into the candidate what it is made of, so that the next build knows where to go on."""
    candidate.execute("create schema if not exists concord")
    candidate.execute(
        "create or replace table concord.version as "
        f"select {plan.through} as through_batch_id, {literal(project.fingerprint)} as fingerprint, "
        f"{plan.decisions} as through_decision_id, {plan.identity_model} as identity_model, "
        f"{plan.erasures} as erasures, {literal(project.definitions)} as definitions, "
        "cast(now() at time zone 'UTC' as timestamp) as built_at"
    )
    candidate.execute("comment on table concord.version is 'One row: the last batch of the log in this file'")
    candidate.execute("checkpoint")


def stamp_of(home: Home, number: int) -> Stamp:
    """Return what a version is made of."""
    connection, _ = read_published(home, number)
    try:
        row = connection.execute(
            "select through_batch_id, fingerprint, through_decision_id, identity_model, erasures, definitions "
            "from concord.version"
        ).fetchall()[0]
    except (duckdb.CatalogException, duckdb.BinderException):
        return Stamp()
    finally:
        connection.close()
    return Stamp(int(row[0]), str(row[1]), int(row[2]), int(row[3]), int(row[4]), str(row[5]))


def _is_configured(settings: Settings, batch: Batch) -> bool:
    source = settings.sources.get(batch.system)
    return source is not None and batch.table_name in source.tables


def _control_tables(state: State, plan: Plan) -> list[str]:
    """Return the statements that tell the models which batches are new, and what the door found in them."""
    statements = [
        f"create table control.build as select {plan.after} as after_batch_id, {plan.through} as through_batch_id",
        f"create table control.batch ({_BATCH_COLUMNS})",
        f"create table control.rule_result ({_RULE_COLUMNS})",
        f"create table control.identity_model ({_MODEL_COLUMNS})",
        f"create table control.identity_decision ({_DECISION_COLUMNS})",
        f"create table control.erased_record ({_ERASED_COLUMNS})",
    ]
    for model in state.identity_models():
        if model.number <= plan.identity_model:
            values = f"{model.number}, {literal(model.subject)}, {literal(model.parameters)}"
            statements.append(f"insert into control.identity_model values ({values})")
    latest = {
        (decision.left_id, decision.right_id): decision.verdict
        for decision in state.identity_decisions()
        if decision.decision_id <= plan.decisions
    }
    for (left_id, right_id), verdict in latest.items():
        values = ", ".join(map(literal, (left_id, right_id, verdict)))
        statements.append(f"insert into control.identity_decision values ({values})")
    for erasure in all_erasures(state):
        for system, source_id in erasure.records:
            values = f"{erasure.erasure_id}, {literal(erasure.entity)}, {literal(system)}, {literal(source_id)}"
            statements.append(f"insert into control.erased_record values ({values})")
    new = [batch for batch in state.batches(after=plan.after) if batch.batch_id <= plan.through]
    for batch in new:
        moments = [_moment(moment) for moment in (batch.extracted_at, batch.landed_at)]
        texts = [literal(text) for text in (batch.system, batch.table_name, batch.load, batch.origin)]
        counts = (
            *(batch.rows_read, batch.rows_quarantined, batch.rows_admitted),
            *(batch.rows_unchanged, batch.rows_deleted, batch.rows_alive),
        )
        values = ", ".join([str(batch.batch_id), *texts, *moments, *map(str, counts)])
        statements.append(f"insert into control.batch values ({values})")
    for batch_id, result in state.rule_results(after=plan.after):
        if batch_id <= plan.through:
            column = "null" if result.column_name is None else literal(result.column_name)
            values = f"{batch_id}, {literal(result.rule)}, {column}, {literal(result.severity)}, {result.rows_broken}"
            statements.append(f"insert into control.rule_result values ({values})")
    return statements


def _moment(moment: datetime | None) -> str:
    return "null" if moment is None else f"timestamp '{moment.replace(tzinfo=None).isoformat(sep=' ')}'"


def _forget_others(home: Home, published: Path) -> None:
    """Let the memory go that the kernel keeps for versions that nobody reads any more: the copy takes its place.

    Where memory is short it would take the place of what people read; where it is lent by a host, new memory costs more than
    the copy itself.
    """
    for file in home.published.glob("warehouse-*.duckdb"):
        if file != published:
            with file.open("rb") as kept:
                os.posix_fadvise(kept.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _copy(source: Path, target: Path) -> None:
    """Copy a file within the kernel, which shares its blocks where the file system can.

    The copy goes through the page cache: what a build reads of its candidate is in memory then. Raises OSError.
    """
    with source.open("rb") as reader, target.open("wb") as writer:
        left = os.fstat(reader.fileno()).st_size
        try:
            while left > 0 and (copied := os.copy_file_range(reader.fileno(), writer.fileno(), left)):
                left -= copied
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
    if left > 0:  # a file system that cannot, or stops half-way
        shutil.copyfile(source, target)
