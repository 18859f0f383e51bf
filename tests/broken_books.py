"""What the checks of the books find wrong, and what a build executes for them."""

import json
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.publish.compiled import compiled_folder
from pipelines.publish.project import compose, reconciliation_checks
from pipelines.settings import Settings

Break = tuple[str, str | None, str, Decimal, str | None]


def script_of(settings: Settings, name: str) -> dict[str, Any]:
    """What dbt made of a model or test, and which statements a build executes for it."""
    file = compiled_folder(settings, compose(settings)) / "full.json"
    scripts = json.loads(file.read_text(encoding="utf-8")).items()
    (script,) = (script for key, script in scripts if key.endswith(f".{name}"))
    return script


def breaks(books: duckdb.DuckDBPyConnection, *checks: str) -> set[Break]:
    """Return what the checks (all without any named) find wrong: check, company, period, difference, documents."""
    asked = " union all ".join(f"select * from quality.{check}" for check in (checks or reconciliation_checks()))
    query = f"select check_name, company, period, actual - expected, documents from ({asked}) "
    return set(books.execute(query + "where actual <> expected or documents is not null").fetchall())
