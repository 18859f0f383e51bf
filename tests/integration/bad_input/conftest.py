"""Desks whose deliveries the tests spoil."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import GOOD, VISITS, Desk


@pytest.fixture
def new_desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.state.close()


@pytest.fixture(scope="session")
def good_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that has taken in good data of both tables; the tests work on copies of it."""
    folder = tmp_path_factory.mktemp("good-day")
    first = Desk(folder)
    first.deliver(GOOD)
    first.deliver(VISITS, "visits/2025-01-01.csv")
    assert first.ingest().admitted == 4
    assert first.ingest("visit").admitted == 2
    first.state.close()
    return folder


@pytest.fixture
def desk(good_day: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with good data of both tables in its log."""
    shutil.copytree(good_day, tmp_path, dirs_exist_ok=True)
    copied = Desk(tmp_path)
    yield copied
    copied.state.close()
