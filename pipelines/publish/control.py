"""The control tables of a build: what it takes in, and what the door and earlier runs said, for the models of quality."""

from pathlib import Path

import duckdb

from pipelines.home import Home
from pipelines.ingest.landing import batch_file
from pipelines.quality.outcomes import Outcome, outcomes
from pipelines.settings import Settings
from pipelines.state import Batch, State
from pipelines.warehouse import literal, opened, quoted

_OUTCOME_COLUMNS = (
    "check_name varchar, status varchar, failures bigint, first_at timestamp, last_at timestamp, runs integer"
)
_REFUSED_COLUMNS = (
    "batch_id integer, source_system varchar, table_name varchar, origin varchar, line bigint, rule varchar, "
    "column_name varchar, record_key varchar"
)
_CORRECTED_COLUMNS = "source_system varchar, table_name varchar, record_key varchar, batch_id integer"
_CHANGE_COLUMNS = (
    "batch_id integer, source_system varchar, table_name varchar, column_name varchar, change varchar, "
    "type_before varchar, type_after varchar"
)


def quality_tables(settings: Settings, state: State, after: int, through: int) -> list[str]:
    """Return the statements that make the control tables of quality for a build of the batches above ``after``."""
    batches = [batch for batch in state.batches() if batch.batch_id <= through]
    return [
        f"create table control.check_outcome ({_OUTCOME_COLUMNS})",
        *_outcome_rows("control.check_outcome", outcomes(state)),
        f"create table control.refused_row ({_REFUSED_COLUMNS})",
        f"create table control.corrected_record ({_CORRECTED_COLUMNS})",
        *_refused(settings, batches, after),
        f"create table control.column_change ({_CHANGE_COLUMNS})",
        *_column_changes(settings.home, batches, after),
    ]


def refresh_outcomes(candidate: duckdb.DuckDBPyConnection, state: State) -> None:
    """Bring quality.test_history up to what the audit of this very candidate said, which its models could not know."""
    found = candidate.execute(
        "select 1 from duckdb_tables() where schema_name = 'quality' and table_name = 'test_history'"
    ).fetchone()
    statements = _outcome_rows("quality.test_history", outcomes(state))
    if found is None or not statements:
        return
    candidate.begin()
    candidate.execute("delete from quality.test_history")
    for statement in statements:
        candidate.execute(statement)
    candidate.commit()


def _values(outcome: Outcome) -> tuple[object, ...]:
    first, last = (moment.replace(tzinfo=None) for moment in (outcome.first_at, outcome.last_at))
    return (outcome.check_name, outcome.status, outcome.failures, first, last, outcome.runs)


def _outcome_rows(table: str, found: list[Outcome]) -> list[str]:
    rows = [
        f"({literal(outcome.check_name)}, {literal(outcome.status)}, {outcome.failures}, "
        f"timestamp '{_values(outcome)[3]}', timestamp '{_values(outcome)[4]}', {outcome.runs})"
        for outcome in found
    ]
    return [f"insert into {table} values {', '.join(rows)}"] if rows else []


def _refused(settings: Settings, batches: list[Batch], after: int) -> list[str]:
    """Tell which rows the new batches refused, and which refused records they brought in good order.

    A record is known by its key; a line that could not be read has none. Only tables that ever refused a row are looked at.
    """
    statements = []
    for system, source in settings.sources.items():
        for name, contract in source.tables.items():
            mine = [batch for batch in batches if (batch.system, batch.table_name) == (system, name)]
            place = settings.home.quarantine
            files = {batch.batch_id: place / batch_file(system, name, batch.batch_id) for batch in mine}
            files = {number: file for number, file in files.items() if file.exists()}
            if not files:
                continue
            table = f"{literal(system)} as source_system, {literal(name)} as table_name"
            parts = ", ".join(f"""json_extract_string("row", '$."{column}"')""" for column in contract.key)
            key = f"""case when json_valid("row") then concat_ws('/', {parts}) end"""
            new = [file for number, file in files.items() if number > after]
            if new:
                statements.append(
                    f"insert into control.refused_row select batch_id, {table}, origin, line, rule, column_name, {key} "
                    f"from {_read(new)}"
                )
            landed = dict.fromkeys(batch.file for batch in mine if batch.file and batch.batch_id > after)
            if landed:
                columns = ", ".join(f"cast({quoted(column)} as varchar)" for column in contract.key)
                statements.append(
                    f"insert into control.corrected_record select distinct {table}, record_key, landed.batch_id from ("
                    f"select concat_ws('/', {columns}) as record_key, _batch_id as batch_id "
                    f"from {_read([settings.home.landing / file for file in landed])} where _op = 'upsert') as landed "
                    f"inner join (select {key} as record_key, min(batch_id) as batch_id "
                    f"from {_read(list(files.values()))} group by all) as refused using (record_key) "
                    f"where landed.batch_id >= refused.batch_id and landed.batch_id > {after}"
                )
    return statements


def _column_changes(home: Home, batches: list[Batch], after: int) -> list[str]:
    """Tell which columns the new batches have otherwise than the batch before them in their table."""
    last: dict[tuple[str, str], Batch] = {}
    steps: list[tuple[Batch, Batch]] = []
    for batch in batches:
        if not batch.file:
            continue
        before = last.get((batch.system, batch.table_name))
        if before is not None and batch.batch_id > after and before.file != batch.file:
            steps.append((before, batch))
        last[batch.system, batch.table_name] = batch
    if not steps:
        return []
    shapes = _shapes(home, {str(batch.file) for step in steps for batch in step})
    rows = []
    for before, batch in steps:
        old, new = shapes[str(before.file)], shapes[str(batch.file)]
        for column in sorted(old.keys() | new.keys()):
            if old.get(column) == new.get(column):
                continue
            change = "added" if column not in old else "removed" if column not in new else "changed"
            texts = (batch.system, batch.table_name, column, change)
            types = (old.get(column), new.get(column))
            values = [*map(literal, texts), *("null" if kind is None else literal(kind) for kind in types)]
            rows.append(f"({batch.batch_id}, {', '.join(values)})")
    return [f"insert into control.column_change values {', '.join(rows)}"] if rows else []


def _shapes(home: Home, files: set[str]) -> dict[str, dict[str, str]]:
    """Return the columns of batches and their types, the log's own columns left out."""
    paths = {str(home.landing / file): file for file in files}
    names = ", ".join(map(literal, paths))
    found: dict[str, dict[str, str]] = {file: {} for file in files}
    with opened(Path(":memory:")) as connection:
        rows = connection.execute(
            f"select file_name, name, lower(duckdb_type) from parquet_schema([{names}]) where num_children is null"
        ).fetchall()
    for path, column, kind in rows:
        if not column.startswith("_"):
            found[paths[path]][column] = kind
    return found


def _read(files: list[Path]) -> str:
    return f"read_parquet([{', '.join(map(literal, files))}], union_by_name = true)"
