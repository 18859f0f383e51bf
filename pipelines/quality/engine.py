"""Great Expectations on DuckDB: it writes each expectation as the query of the rows that break it."""

import builtins
import logging
import os
import tempfile
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
import great_expectations.expectations as gxe
import sqlalchemy as sa
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from pipelines.quality.contract import Rule, unusable

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


def row_queries(database: Path, relation: str, rules: Sequence[Rule]) -> list[str]:
    """Return for each rule, an expectation on ``relation`` of the DuckDB file ``database``, the query of the rows that break it.

    Raises ConfigurationError for an expectation whose arguments make no sense.
    """
    suite = gx.ExpectationSuite(name="contract", expectations=[_expectation(i, rule) for i, rule in enumerate(rules)])
    wanted = {
        "result_format": "SUMMARY",
        "unexpected_index_column_names": ["_row_number"],
        "return_unexpected_index_query": True,
        "partial_unexpected_count": 1,
    }
    queries: dict[int, str] = {}
    with _batch_of(database, relation) as batch:
        for result in batch.validate(suite, result_format=wanted).results:
            number = result.expectation_config.meta["rule"]
            if "unexpected_index_query" not in result.result:
                raise unusable(rules[number], str(result.exception_info))
            queries[number] = result.result["unexpected_index_query"].rstrip("; ")
    return [queries[number] for number in range(len(rules))]


def _expectation(number: int, rule: Rule) -> Any:
    kind = "Expect" + "".join(word.capitalize() for word in str(rule.expect).split("_"))
    try:
        return getattr(gxe, kind)(column=rule.column, **rule.arguments, meta={"rule": number})
    except (TypeError, ValueError) as error:
        raise unusable(rule, " ".join(str(error).split())) from error


@contextmanager
def _batch_of(database: Path, relation: str) -> Iterator[Any]:
    """Open a relation of the DuckDB file ``database`` as a batch to validate, read-only, for this block."""
    context = _context(database.parent)
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_duckdb(
        name="door",
        connection_string=f"duckdb:///{database}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True}},
    )
    asset = source.add_table_asset(relation, table_name=relation)
    try:
        yield asset.add_batch_definition_whole_table("all").get_batch()
    finally:
        source.get_execution_engine().close()
