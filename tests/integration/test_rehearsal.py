"""The first build is rehearsed on nothing: it needs no dbt afterwards, and makes what dbt makes."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.publish import dbt, rehearsal, replay
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from tests.command_line import Desk
from tests.extracts import EXAMPLE, contents, example_settings, small_company
from tests.killed_runs import ACCIDENTAL


def _rehearsed(settings: Settings) -> None:
    rehearsal.begin(settings)
    assert rehearsal.is_awaited(settings)
    rehearsal.begin(settings)  # once is enough
    rehearsal.end(settings)
    assert not rehearsal.is_awaited(settings)


def test_a_build_after_its_rehearsal_needs_no_dbt_and_makes_what_dbt_makes(
    small_example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_COMPILED", str(tmp_path / "compiled"))
    monkeypatch.setattr(replay, "_scripts", {})
    settings = example_settings(tmp_path / "extracts", tmp_path / "home")
    settings.home.create()
    settings.home.candidate.write_text("left by a run that was killed")
    _rehearsed(settings)
    assert list(settings.home.candidate.parent.iterdir()) == []

    def asked(_settings: Any, _project: Any, command: Sequence[str], *_rest: Any) -> list[dbt.NodeResult]:
        raise AssertionError(f"dbt {command[0]}")

    monkeypatch.setattr(dbt, "invoke", asked)
    small_company().write(tmp_path / "extracts")
    with State(settings.state_url.get_secret_value()) as state:
        account = run(settings, state)
        assert (account.outcome, account.mode, account.warnings) == ("published", "full", [])
        assert len(state.versions()) == 1
    by_dbt = example_settings(small_example / "extracts", small_example / "home")
    assert contents(settings, without=ACCIDENTAL) == contents(by_dbt, without=ACCIDENTAL)

    rehearsal.begin(settings)
    assert not rehearsal.is_awaited(settings)  # a version is published


def test_a_rehearsal_ends_with_the_run_that_began_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    process = desk.start("run", "--config", str(EXAMPLE))
    try:
        assert desk.await_helpers(3)  # the rehearsal and what watches over it, and Prefect
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert desk.await_helpers(0, 20) == []
    settings = example_settings(desk.folder / "extracts", desk.home)
    with settings.home.lock("build", wait=False):
        assert not list(settings.home.published.iterdir())
