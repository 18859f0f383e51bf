"""The books of the clean company, which a test may change by hand."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Settings
from pipelines.warehouse import current_version, version_file
from tests.broken_books import Break, breaks, script_of


@pytest.fixture(scope="session")
def copy(clean_company: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the clean company's version that may be written to, under the name that its views know.

    The cells of facts and records are a view in it: they are what they would be in a build.
    """
    source = version_file(clean_company.home, current_version(clean_company.home) or 0)
    target = tmp_path_factory.mktemp("books") / "warehouse.duckdb"
    target.write_bytes(Path(source).read_bytes())
    cells = script_of(clean_company, "fact_source_cell")["compiled"]
    with duckdb.connect(str(target)) as connection:
        connection.execute("drop table quality.fact_source_cell")
        connection.execute(f"create view quality.fact_source_cell as {cells}")
        yield connection


@pytest.fixture
def books(copy: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The books as they are; whatever a test writes into them is taken back."""
    copy.begin()
    yield copy
    copy.rollback()


@pytest.fixture(scope="session")
def undisturbed(copy: duckdb.DuckDBPyConnection) -> set[Break]:
    """What is wrong in the books as they are."""
    return breaks(copy)
