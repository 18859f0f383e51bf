"""What dbt said once is executed without dbt, and makes the same warehouse."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import AuditError
from pipelines.publish import build as building
from pipelines.publish import dbt, replay
from pipelines.publish.absent import absent_models
from pipelines.publish.candidate import Plan
from pipelines.publish.compiled import graph_of
from pipelines.publish.project import compose
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from tests.extracts import contents, customer, example_copy, example_settings, sale, small_company
from tests.killed_runs import ACCIDENTAL


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that dbt was given; this process knows no script at first."""
    commands: list[str] = []
    invoke = dbt.invoke

    def noted(settings: Any, project: Any, command: Sequence[str], *rest: Any) -> list[dbt.NodeResult]:
        commands.append(command[0])
        return invoke(settings, project, command, *rest)

    monkeypatch.setattr(dbt, "invoke", noted)
    monkeypatch.setattr(replay, "_scripts", {})
    return commands


def _mode(settings: Settings, *, full: bool = False) -> str:
    with State(settings.state_url.get_secret_value()) as state:
        return run(settings, state, full=full).mode


def test_runs_after_the_first_need_no_dbt_and_end_where_dbt_ends(
    small_example: Path, tmp_path: Path, asked: list[str]
) -> None:
    """What dbt made lies beside: the first version, and in ``learned_example`` the next one, with news and a steward's word."""
    commands = json.loads((small_example / "dbt.json").read_text(encoding="utf-8"))
    assert commands == ["seed", "run", "test", "run", "test"]
    settings, company = example_copy(small_example, tmp_path), small_company()
    by_dbt = contents(settings)
    assert (_mode(settings, full=True), asked) == ("full", [])
    assert contents(settings) == by_dbt

    company.customers[1] = customer(1, first="Grace")
    company.write(tmp_path / "extracts")
    with State(settings.state_url.get_secret_value()) as state:
        state.decide_identity("a/1", "a/2", "open", "test", "")
    replay._scripts.clear()  # a later process reads them from the folder
    assert (_mode(settings), asked) == ("incremental", [])
    learned = small_example.parent / "learned_example"
    with_news = contents(example_settings(learned / "extracts", learned / "home"), without=ACCIDENTAL)
    assert contents(settings, without=ACCIDENTAL) == with_news

    in_steps = contents(settings)
    assert (_mode(settings, full=True), asked) == ("full", [])
    assert contents(settings) == in_steps != by_dbt


def test_a_replayed_audit_fails_and_names_the_rows_as_dbt_does(
    small_example: Path, tmp_path: Path, asked: list[str]
) -> None:
    settings, company = example_copy(small_example, tmp_path), small_company()
    company.sales["SO90001", "AC-HE-HEL-01"] = sale("SO90001", "AC-HE-HEL-01", 1)
    company.write(tmp_path / "extracts")
    _mode(settings)
    scripts = {name: dict(known) for name, known in replay._scripts.items()}
    for known in scripts.values():
        for key, _script in known.items():
            if key.startswith("test.") and "unique_revenue_month_order_month" in key:
                said = "select order_month from sales.revenue_month"
                known[key] = replay.Script([f"select count(*), true, true from ({said})"], said)
    replay._scripts.update(scripts)
    company.sales["SO90002", "AC-HE-HEL-01"] = sale("SO90002", "AC-HE-HEL-01", 2)
    company.write(tmp_path / "extracts")
    asked.clear()
    with pytest.raises(
        AuditError, match=r"unique_revenue_month_order_month: Got \d+ results(.|\n)*order_month=2025-01-01"
    ):
        _mode(settings)
    assert not asked


def test_a_run_that_has_to_ask_dbt_asks_for_everything_so_that_no_later_one_does(
    small_example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day with news of what had none before reaches models that no day before it reached."""
    settings = example_copy(small_example, tmp_path)
    project = compose(settings)
    executed: list[set[str]] = []

    def noted(_settings: Any, _project: Any, nodes: list[Any], *_rest: Any, **_options: Any) -> list[dbt.NodeResult]:
        executed.append({node.unique_id for node in nodes})
        return []

    monkeypatch.setattr(replay, "execute", noted)
    with State(settings.state_url.get_secret_value()) as state:
        batches = [batch for batch in state.batches() if batch.table_name == "PX_CAT_G1V2"]
    plan = Plan(base=1, reason="", after=1, through=9, batches=batches[:1])
    for is_known in (True, False):
        monkeypatch.setattr(replay, "knows", lambda *_args, is_known=is_known, **_options: is_known)
        building.build(settings, project, plan)
        building.ask_tests(settings, project, plan)
    reached, reached_tests, all_models, all_tests = executed
    graph = graph_of(settings, project)
    absent = {node.unique_id for node in absent_models(settings, graph)}
    lasting = {node.unique_id for node in graph.models if node.materialized not in {"view", "ephemeral"}}
    assert reached < all_models == lasting - absent
    assert reached_tests < all_tests
