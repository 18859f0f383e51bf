"""Great Expectations pushed down into DuckDB."""

import builtins
import logging
import os
import tempfile
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

RELATION = "rows_at_the_door"

for _name in ("great_expectations", "great_expectations.data_context.types.base"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_types = types.ModuleType("duckdb_types")
_types.__dict__.update({name: value for name, value in vars(sa).items() if not name.startswith("__")})
_types.DremioDialect = True  # type: ignore[attr-defined]  # makes it write REGEXP_MATCHES, as DuckDB does


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """The SQL engine of Great Expectations, reading results before the pool takes the connection back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = _types

    def execute_query(self, query: Any) -> Any:
        """Run the query and keep its rows: the pool's rollback would empty DuckDB's result."""
        with self.get_connection() as connection:
            return self._execute_query_with_recovery(connection, query).freeze()()

    def execute_query_in_transaction(self, query: Any) -> Any:
        """Run the query, keep its rows, commit."""
        with self.get_connection() as connection:
            result = self._execute_query_with_recovery(connection, query)
            if result.returns_rows:
                result = result.freeze()()
            connection.commit()
            return result


class DuckDBDatasource(SQLDatasource):
    """A DuckDB file as a source of Great Expectations; registers itself as ``data_sources.add_duckdb``."""

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> builtins.type[SqlAlchemyExecutionEngine]:
        """The engine that runs this source's queries."""
        return DuckDBExecutionEngine


def _context(folder: Path) -> Any:
    """Return a context that lives in memory; the folders that it makes all the same lie in ``folder`` and not in /tmp."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        return gx.get_context(mode="ephemeral")
    finally:
        tempfile.tempdir = before


@contextmanager
def batch_of(database: Path) -> Iterator[Any]:
    """Open the relation RELATION of the DuckDB file ``database`` as a batch to validate, read-only, for this block."""
    context = _context(database.parent)
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_duckdb(
        name="door",
        connection_string=f"duckdb:///{database}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True}},
    )
    asset = source.add_table_asset(RELATION, table_name=RELATION)
    try:
        yield asset.add_batch_definition_whole_table("all").get_batch()
    finally:
        source.get_execution_engine().close()
