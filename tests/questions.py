"""Questions to companies that nobody changes any more.

To open a version takes many times as long as to answer a question, so each is opened once in a process.
"""

from pathlib import Path
from typing import Any

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse import current_version, literal, version_file

_opened: dict[Path, duckdb.DuckDBPyConnection] = {}


def rows_of(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """Ask the version that readers see, as ``pipelines.warehouse.ask`` does, and return all rows of the answer."""
    number = current_version(settings.home)
    assert number is not None
    file = version_file(settings.home, number)
    if file not in _opened:
        reader = duckdb.connect(config={"autoinstall_known_extensions": False, "threads": 1})
        reader.execute(f"attach {literal(file)} as warehouse (read_only)")
        for setting in ("enable_external_access = false", "lock_configuration = true"):
            reader.execute(f"set {setting}")
        _opened[file] = reader
    with _opened[file].cursor() as cursor:
        return cursor.execute("use warehouse").execute(query).fetchall()


def close_readers() -> None:
    """Close what is open."""
    while _opened:
        _opened.popitem()[1].close()
