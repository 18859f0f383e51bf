"""A run that is killed at any instant harms nobody."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest

from pipelines.errors import BuildError
from pipelines.identity.history import announced
from pipelines.publish import build as building
from pipelines.publish.versions import rollback
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import current_version, version_file
from tests.extracts import customer, example_settings, small_company
from tests.killed_runs import Kill, Laboratory, all_points, identity_log, random_moments


@pytest.fixture(scope="module")
def laboratory(small_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    assert small_example.is_dir(), "runs that are killed need no dbt"
    folder: Path = tmp_path_factory.mktemp("kills")
    return Laboratory(folder)


def test_killed_run_leaves_readers_on_a_whole_version_and_the_next_run_ends_like_an_undisturbed_one(
    laboratory: Laboratory,
) -> None:
    kills = all_points() + random_moments(9, seed=1)
    assert len(kills) >= 30

    def check(numbered: tuple[int, Kill]) -> str | None:
        number, kill = numbered
        try:
            laboratory.check(f"kill-{number}", kill)
        except AssertionError as error:
            return f"{kill}: {error}"
        return None

    with ThreadPoolExecutor(2) as pool:
        broken = [message for message in pool.map(check, enumerate(kills)) if message]
    assert not broken, "\n".join(broken)


def _rebuilds(laboratory: Laboratory, settings: Settings) -> None:
    laboratory.finish(settings, full=True)


def _takes_in_more(laboratory: Laboratory, settings: Settings) -> None:
    company = small_company()
    company.customers[10] = customer(10)
    folder = laboratory.folder / f"{settings.home.root.name}, more"
    company.write(folder)
    laboratory.finish(example_settings(folder, settings.home.root))


def _rolls_back(_: Laboratory, settings: Settings) -> None:
    with State(settings.state_url.get_secret_value()) as state:
        assert rollback(settings, state).number == 1


def _fails(_: Laboratory, settings: Settings) -> None:
    broken = patch.object(building, "build", side_effect=BuildError("It does not build"))
    with State(settings.state_url.get_secret_value()) as state, broken, pytest.raises(BuildError):
        run(settings, state, full=True, with_ingest=False)


@pytest.mark.parametrize("then", [_rebuilds, _takes_in_more, _rolls_back, _fails])
def test_log_of_identity_is_that_of_an_undisturbed_sequence_whatever_follows_a_killed_run(
    laboratory: Laboratory, then: Callable[[Laboratory, Settings], None]
) -> None:
    logs = []
    for name in ("killed", "undisturbed"):
        home = f"{name}, then {then.__name__}"
        if name == "killed":
            settings = laboratory.killed(home, Kill("version.recorded"))
            assert current_version(settings.home) == 2
            assert not identity_log(settings), "killed before it told what became of customers"
        else:
            settings = laboratory.undisturbed(home)
        then(laboratory, settings)
        told = identity_log(settings)
        assert [event for event in told if event[0] == 2] == laboratory.log[False]
        laboratory.finish(settings)
        logs.append([told, identity_log(settings)])
    assert logs[0] == logs[1]


def test_run_goes_on_where_the_version_to_compare_with_was_swept(laboratory: Laboratory) -> None:
    settings = laboratory.killed("swept", Kill("version.recorded"))
    version_file(settings.home, 1).unlink()
    laboratory.finish(settings)
    with State(settings.state_url.get_secret_value()) as state:
        assert not announced(state)
        assert not state.identity_events()
    _takes_in_more(laboratory, settings)
    assert {version for version, *_ in identity_log(settings)} == {3}


def test_version_is_compared_with_the_one_before_though_only_one_is_kept(laboratory: Laboratory) -> None:
    settings = laboratory.copy("one version", keep_versions=1)
    laboratory.finish(settings)
    assert not version_file(settings.home, 1).exists()
    assert identity_log(settings) == laboratory.log[False]
