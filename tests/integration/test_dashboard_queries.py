"""Every question of the dashboards is asked of a real company, as the benchmark of the marts asks them."""

import inspect
from importlib import import_module

import pytest

from benchmarks.marts import queries
from dashboards import published
from pipelines.settings import REPOSITORY, Settings
from pipelines.warehouse import current_version

UNSAID = {"definitions"}
"""Asked by every page of the mart that it shows."""


def _public_functions() -> set[str]:
    """Every question, as module and function."""
    found = set()
    for file in (REPOSITORY / "dashboards" / "queries").glob("[a-z]*.py"):
        module = import_module(f"dashboards.queries.{file.stem}")
        found |= {
            f"{file.stem}.{name}"
            for name, value in inspect.getmembers(module, inspect.isfunction)
            if value.__module__ == module.__name__ and not name.startswith("_") and file.stem not in UNSAID
        }
    return found


def test_every_question_of_the_dashboards_is_answered_on_the_demo_company(
    messy_company: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "settings", lambda: messy_company)
    published.ask.clear()
    try:
        answers = {name: asked() for name, asked in queries(messy_company, current_version(messy_company.home) or 0)}
    finally:
        published.ask.clear()  # another test's version has the same number
    assert set(answers) == _public_functions()
    empty = {name for name, answer in answers.items() if isinstance(answer, published.DataFrame) and answer.empty}
    assert empty <= {"customers.health_reasons"}  # the best customer may want nothing
