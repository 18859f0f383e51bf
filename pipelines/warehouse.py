"""The only module that opens DuckDB files. Writers and readers never share a file: readers attach a version read-only."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import ConcordError
from pipelines.home import Home

POINTER = "CURRENT"


def quoted(identifier: str) -> str:
    """Return ``identifier`` as DuckDB reads it whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """Return ``text`` as an SQL literal, for the few places where DuckDB takes no parameter."""
    return "'" + str(text).replace("'", "''") + "'"


def scratch(*, memory_limit: str, threads: int, folder: Path) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database that spills to ``folder`` beyond ``memory_limit``."""
    return duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
        }
    )


def parquet_columns(path: Path) -> list[str]:
    """Return the names of the columns of a Parquet file; duckdb.Error when it is not one."""
    connection = duckdb.connect()
    try:
        return [str(row[0]) for row in connection.execute(f"describe from read_parquet({literal(path)})").fetchall()]
    finally:
        connection.close()


def connected(path: Path, *, read_only: bool = False, **limits: Any) -> duckdb.DuckDBPyConnection:
    """Open the file at ``path``; who asks for it closes it."""
    return duckdb.connect(path, read_only=read_only, config=limits)


@contextmanager
def opened(path: Path, *, read_only: bool = False, **limits: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the file at ``path`` for this block; close it, and write what is pending, at its end."""
    connection = connected(path, read_only=read_only, **limits)
    try:
        yield connection
    finally:
        connection.close()


def write_log_catalog(path: Path, views: Iterable[tuple[str, str, str]], control: Iterable[str]) -> None:
    """Make the catalog that dbt's sources read: one view a raw table, and the control tables of the build.

    ``views`` are (schema, name, query); ``control`` are statements that create tables in the schema ``control``.
    """
    path.unlink(missing_ok=True)
    with opened(path) as connection:
        connection.execute("create schema control")
        for statement in control:
            connection.execute(statement)
        for schema, name, query in views:
            connection.execute(f"create schema if not exists {quoted(schema)}")
            connection.execute(f"create view {quoted(schema)}.{quoted(name)} as {query}")


def current_version(home: Home) -> int | None:
    """Return the number of the version that readers see, or None before the first publish."""
    try:
        return int((home.published / POINTER).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def version_file(home: Home, number: int) -> Path:
    """Return the path of a version's file."""
    return home.published / f"warehouse-{number:06d}.duckdb"


def read_published(home: Home, number: int | None = None) -> tuple[duckdb.DuckDBPyConnection, int]:
    """Return a read-only connection to the version ``number`` (default: the current one), and that number.

    The version is attached as ``warehouse`` and is the default catalog. Safe at any time: a version that is swept
    between reading the pointer and opening the file makes it read the pointer again. ConcordError when there is none.
    """
    for _ in range(50):
        wanted = number if number is not None else current_version(home)
        if wanted is None:
            raise ConcordError("Nothing has been published yet.", hint="Run `concord run` (or `concord demo`) first.")
        connection = duckdb.connect(config={"autoinstall_known_extensions": False})
        try:
            connection.execute(f"attach {literal(version_file(home, wanted))} as warehouse (read_only)")
            connection.execute("use warehouse")
        except duckdb.IOException:
            connection.close()
            if number is not None:
                break
            time.sleep(0.02)
        else:
            return connection, wanted
    raise ConcordError(f"Version {wanted} is not kept any more.", hint="`concord status` lists the kept versions.")


@dataclass(frozen=True)
class Answer:
    """The rows that a query gave, at most as many as were asked for, and the version that gave them."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_truncated: bool
    version: int


@contextmanager
def two_versions(home: Home, before: int, after: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open two kept versions read-only, attached as ``before`` and ``after``."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        for name, number in (("before", before), ("after", after)):
            connection.execute(f"attach {literal(version_file(home, number))} as {name} (read_only)")
        yield connection
    finally:
        connection.close()


class Reader:
    """A published version that is open for questions, which have access to nothing else."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, version: int) -> None:
        """Close the connection against everything but what is attached."""
        self.version = version
        self._connection = connection
        for setting in ("enable_external_access = false", "lock_configuration = true"):
            connection.execute(f"set {setting}")

    def ask(self, query: str, *, limit: int, parameters: dict[str, Any] | None = None) -> Answer:
        """Run one query; ``parameters`` bind $names.

        Raises ConcordError with DuckDB's own words when the query is wrong or tries to change something.
        """
        try:
            result = self._connection.execute(query, parameters)
            columns = [column[0] for column in result.description or []]
            rows = result.fetchmany(limit + 1)
        except duckdb.Error as error:
            raise ConcordError(f"The query cannot be answered: {str(error).strip()}") from error
        return Answer(columns, rows[:limit], len(rows) > limit, self.version)


@contextmanager
def reading(home: Home, number: int | None = None) -> Iterator[Reader]:
    """Open the version ``number`` (default: the current one) once for several questions; ConcordError when there is none.

    To open a version reads its whole catalog, which takes longer than most answers.
    """
    connection, version = read_published(home, number)
    try:
        yield Reader(connection, version)
    finally:
        connection.close()


def ask(
    home: Home, query: str, *, limit: int, number: int | None = None, parameters: dict[str, Any] | None = None
) -> Answer:
    """Run one query on a published version, as ``Reader.ask`` does."""
    with reading(home, number) as reader:
        return reader.ask(query, limit=limit, parameters=parameters)
