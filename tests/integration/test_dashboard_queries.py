"""Every question of the dashboards is asked of a real company, as the benchmark of the marts asks them."""

import inspect
from collections.abc import Iterator
from importlib import import_module

import pytest

from benchmarks.marts import queries
from dashboards import published
from dashboards.queries import customers
from pipelines.settings import REPOSITORY, Settings
from pipelines.warehouse import ask, current_version

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


@pytest.fixture
def company(messy_company: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The messy demo company, as that of the pages."""
    monkeypatch.setattr(published, "settings", lambda: messy_company)
    published.ask.clear()
    yield messy_company
    published.ask.clear()  # another test's version has the same number


def test_every_question_of_the_dashboards_is_answered_on_the_demo_company(company: Settings) -> None:
    answers = {name: asked() for name, asked in queries(company, current_version(company.home) or 0)}
    assert set(answers) == _public_functions()
    empty = {name for name, answer in answers.items() if isinstance(answer, published.DataFrame) and answer.empty}
    assert empty <= {"customers.health_reasons"}  # the best customer may want nothing


def test_of_a_long_timeline_the_latest_events_of_the_chosen_types_are_listed(company: Settings) -> None:
    version = current_version(company.home) or 0
    busiest = (
        "select customer_key, count(*) as events, count(*) filter (where is_ahead) as ahead from customer.customer_timeline "
        "where customer_key <> -1 group by customer_key order by ahead desc, events desc limit 1"
    )
    customer, events, ahead = ask(company.home, busiest, limit=1).rows[0]
    counts = customers.event_counts(version, str(customer)).set_index("event_type")
    assert ahead
    assert (counts["events"].sum(), counts["events_ahead"].sum()) == (events, ahead)
    assert len(customers.timeline(version, str(customer), list(counts.index))) == min(events, customers.LISTED)

    listed = customers.timeline(version, str(customer), ["order", "call"], listed=7)
    of_types = (
        "select event_at from customer.customer_timeline "
        f"where customer_key = {customer} and event_type in ('order', 'call') order by event_at desc limit 7"
    )
    assert [day.to_pydatetime() for day in listed["event_at"]] == [
        day for (day,) in ask(company.home, of_types, limit=7).rows
    ]
    assert set(listed["event_type"]) <= {"order", "call"}
