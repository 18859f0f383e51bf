"""The log without the erased: its batches and its quarantine are gone through, and written anew where they name a person."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pipelines.commit_points import passed
from pipelines.home import move_into_place
from pipelines.ingest.landing import read_batches, sweep
from pipelines.privacy.erased import KEYS, Erased, belongs, cleaned, names_a_key, normal, personal_in, tell_keys
from pipelines.privacy.record import Erasure, Key, erasures, update_erasure
from pipelines.privacy.tags import ALONE, RawTable, raw_tables
from pipelines.privacy.words import forget_words
from pipelines.publish.compiled import graph_of
from pipelines.publish.project import Project
from pipelines.quality.contract import TableContract, duckdb_type
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import literal, quoted, scratch


@dataclass(frozen=True)
class Concerned:
    """Rows of persons in one raw table: how many, in which files of the log, of which erasures."""

    table: RawTable
    rows: int
    files: list[Path]
    erasures: set[int]


def clean_log(settings: Settings, state: State, project: Project) -> Erased:
    """Bring the log to where it says nothing of erased persons, and return what the door has to know of them.

    What came since the last time is looked through for further keys of these persons (a new contact, a new address). Everything
    is gone through again while an erasure is not completed, or where something of a person has come in. Idempotent.
    """
    known = erasures(state)
    if not known:
        return Erased()
    tables = configured(settings, raw_tables(graph_of(settings, project)))
    last = max((batch.batch_id for batch in state.batches()), default=0)
    since = min(erasure.through_batch_id for erasure in known)
    if since < last or any(erasure.completed_at is None for erasure in known):
        with settings.home.lock("build"), settings.home.lock("landing"):
            known = _clean(settings, state, tables, known, since, last)
    return Erased(tables, [(erasure.erasure_id, key) for erasure in known for key in erasure.keys])


def configured(settings: Settings, tables: Iterable[RawTable]) -> list[RawTable]:
    """Return those of the tables that the configuration names."""
    return [
        table
        for table in tables
        if table.system in settings.sources and table.name in settings.sources[table.system].tables
    ]


def _clean(
    settings: Settings, state: State, tables: list[RawTable], known: list[Erasure], since: int, last: int
) -> list[Erasure]:
    home = settings.home
    is_pending = any(erasure.completed_at is None for erasure in known)
    for system, source in settings.sources.items():
        for name in source.tables:
            sweep(home, state, system, name)
    new = {home.landing / batch.file for batch in state.batches(after=since) if batch.file}
    with LogReader(settings, tables, None if is_pending else new) as log:
        held = {(erasure.erasure_id, key) for erasure in known for key in erasure.keys}
        keys = log.further_keys(held)
        if keys != held and not is_pending:
            log.only = None
            keys = log.further_keys(keys)
        found = log.concerned(keys)
        concerned = set().union(*(part.erasures for part in found))
        for erasure in known:
            mine = sorted(key for number, key in keys if number == erasure.erasure_id)
            is_open = erasure.completed_at is None or erasure.erasure_id in concerned
            if mine != erasure.keys or is_open:
                update_erasure(
                    state, replace(erasure, keys=mine, completed_at=None if is_open else erasure.completed_at)
                )
        passed("erasure.keys_known")
        for part in found:
            log.rewrite(part, keys)
        log.clean_quarantine(keys)
    if any(erasure.completed_at is None for erasure in erasures(state)):
        forget_words(settings, state, erasures(state))
    passed("erasure.log_cleaned")
    cleaned_now = []
    for erasure in erasures(state):
        again = 1 if erasure.completed_at is None else 0
        cleaned_now.append(replace(erasure, revision=erasure.revision + again, through_batch_id=last))
        update_erasure(state, cleaned_now[-1])
    return cleaned_now


class LogReader:
    """Looks for the rows of persons in the log; ``only`` limits it to some files. Use it as a context manager."""

    def __init__(self, settings: Settings, tables: Sequence[RawTable], only: set[Path] | None = None) -> None:
        """Read the log of these tables."""
        self.only = only
        self._settings, self._home, self._tables = settings, settings.home, tables
        self._stack = ExitStack()

    def __enter__(self) -> "LogReader":
        limits = self._settings.warehouse
        desk = scratch(memory_limit=limits.memory_limit, threads=limits.threads, folder=self._home.work)
        self._desk: duckdb.DuckDBPyConnection = self._stack.enter_context(closing(desk))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def further_keys(self, keys: set[tuple[int, Key]]) -> set[tuple[int, Key]]:
        """Return the keys with all those that rows which belong to the same persons have in columns that others refer to."""
        found = set(keys)
        for system in {table.system for table in self._tables}:
            self._tell(found, system)
            mine = [table for table in self._tables if table.system == system]
            while sum(self._add_keys(table) for table in mine):
                pass
            rows = self._desk.execute(f"select erasure_id, reference, value from {KEYS}").fetchall()
            found |= {(int(number), (system, str(reference), str(value))) for number, reference, value in rows}
        return found

    def concerned(self, keys: set[tuple[int, Key]], *, all_rows: bool = False) -> list[Concerned]:
        """Return where the log says something personal of these persons; with ``all_rows`` where it names them at all."""
        parts = []
        for table in self._tables:
            rows = self._rows(table)
            if rows is None:
                continue
            self._tell(keys, table.system)
            personal = self._personal(table, rows)
            condition = " or ".join(f"{quoted(name)} is not null" for name in personal) or "false"
            query = f"select * from ({rows}) where {belongs(table)} and ({'true' if all_rows else condition})"
            self._desk.execute(f"create or replace temporary table concerned as {query}")
            files = self._desk.execute("select filename, count(*) from concerned group by all order by 1").fetchall()
            if not files:
                continue
            numbers = self._desk.execute(
                " union ".join(
                    f"select erasure_id from concerned inner join {KEYS} "
                    f"on reference = {literal(reference)} and value = {normal(expression)}"
                    for expression, reference in table.links
                )
            ).fetchall()
            count = sum(int(row[1]) for row in files)
            parts.append(Concerned(table, count, [Path(row[0]) for row in files], {int(row[0]) for row in numbers}))
        self._desk.execute("drop table if exists concerned")
        return parts

    def rewrite(self, part: Concerned, keys: set[tuple[int, Key]]) -> None:
        """Write the files of a table anew: the same rows, order and shape, without anything personal of these persons."""
        self._tell(keys, part.table.system)
        declared = self._contract(part.table).columns
        for file in part.files:
            # A file may lack columns that came later; the condition speaks of them.
            columns = self._columns(f"select * from read_parquet({literal(file)})")
            lacking = [name for name in declared if name.casefold() not in {known.casefold() for known in columns}]
            added = "".join(f", cast(null as varchar) as {quoted(name)}" for name in lacking)
            rows = cleaned(
                f"select *{added} from read_parquet({literal(file)})",
                personal_in(part.table, columns, declared),
                belongs(part.table),
            )
            names = ", ".join(quoted(name) for name in columns)
            self._replace(file, f"select {names} from ({rows})")
            passed("erasure.batch_cleaned")

    def clean_quarantine(self, keys: set[tuple[int, Key]]) -> None:
        """Write quarantined rows of these persons anew: of the row its key stays, of the value nothing."""
        for table in self._tables:
            self._tell(keys, table.system)
            contract = self._contract(table)
            for file in sorted((self._home.quarantine / table.system / table.name).glob("*.parquet")):
                source = f"read_parquet({literal(file)}, file_row_number = true)"
                fields = ", ".join(f"{_field(name)} as {quoted(name)}" for name in contract.columns)
                key = ", ".join(f"{literal(name)}, {_field(name)}" for name in contract.key)
                self._desk.execute(
                    f"""
                    create or replace temporary table named as
                    with told as (
                        select file_row_number as _place, "row" as _text, value as _value,
                            case when starts_with("row", '{{') and json_valid("row") then "row" end as _json
                        from {source}
                    ),
                    read as (select _place, _json, _text, _value, {fields} from told),
                    found as (
                        select _place, _text, _value,
                            case when _json is not null then cast(json_object({key}) as varchar) end as _left
                        from read
                        where case when _json is null then {names_a_key("_text")} else {belongs(table)} end
                    )
                    select _place, _left from found
                    where _text is distinct from _left or (_value is not null and _left is not null)
                    """
                )
                if self._desk.execute("select count(*) from named").fetchall() == [(0,)]:
                    continue
                columns = self._columns(f"select * from read_parquet({literal(file)})")
                told = {
                    "row": 'case when _place is null then "row" else _left end as "row"',
                    "value": "case when _place is null or _left is null then value end as value",
                }
                selected = ", ".join(told.get(name, quoted(name)) for name in columns)
                joined = f"{source} as whole left join named on whole.file_row_number = named._place"
                self._replace(file, f"select {selected} from {joined} order by file_row_number")
        self._desk.execute("drop table if exists named")

    def _tell(self, keys: set[tuple[int, Key]], system: str) -> None:
        tell_keys(self._desk, ((number, key) for number, key in keys if key[0] == system))

    def _add_keys(self, table: RawTable) -> bool:
        """Add to ``erased_key`` what the rows of a table say of the persons; return whether that was news."""
        rows = self._rows(table) if table.columns else None
        if rows is None:
            return False
        found = " union ".join(
            f"select erasure_id, {literal(_referred(table, column, reference))} as reference, "
            f"{normal(quoted(column))} as value "
            f"from ({rows}) inner join {KEYS} on {KEYS}.reference = {literal(reference)} "
            f"and {KEYS}.value = {normal(expression)} where {normal(quoted(column))} is not null"
            for column in table.columns
            for expression, reference in table.links
        )
        added = self._desk.execute(f"insert into {KEYS} select * from ({found}) except select * from {KEYS}").fetchall()
        return int(added[0][0]) > 0

    def _rows(self, table: RawTable) -> str | None:
        """Return the query of the rows of a table with the file that each is in, and at least the columns of its contract."""
        files = sorted((self._home.landing / table.system / table.name).glob("*.parquet"))
        if self.only is not None:
            files = [file for file in files if file in self.only]
        if not files:
            return None
        columns = self._contract(table).columns.items()
        empty = ", ".join(f"cast(null as {duckdb_type(kind)}) as {quoted(name)}" for name, kind in columns)
        rows = read_batches(files).removesuffix(")") + ", filename = true)"
        return f"select * from {rows} union all by name select {empty} where false"

    def _personal(self, table: RawTable, rows: str) -> list[str]:
        columns = [name for name in self._columns(rows) if name != "filename"]
        return personal_in(table, columns, self._contract(table).columns)

    def _columns(self, rows: str) -> list[str]:
        return [str(row[0]) for row in self._desk.execute(f"describe {rows}").fetchall()]

    def _contract(self, table: RawTable) -> TableContract:
        return self._settings.sources[table.system].tables[table.name]

    def _replace(self, file: Path, rows: str) -> None:
        aside = file.with_suffix(".tmp")
        self._desk.execute(f"copy ({rows}) to {literal(aside)} (format parquet)")
        move_into_place(aside, file)


def _referred(table: RawTable, column: str, by: str) -> str:
    """Return what a value of a column refers to in a row that belongs to somebody ``by`` a reference."""
    return f"{ALONE if by.startswith(ALONE) else ''}{table.name}.{column}"


def _field(name: str) -> str:
    path = '$."' + name.replace('"', '\\"') + '"'
    return f"json_extract_string(_json, {literal(path)})"
