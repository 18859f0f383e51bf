"""A run that is killed at any instant harms nobody."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.killed_runs import Kill, Laboratory, all_points, random_moments


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
