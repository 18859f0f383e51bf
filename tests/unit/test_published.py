"""A page asks a version that stays open, and lets it go."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboards import published
from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.warehouse import opened, read_published, version_file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home with a version that has one table, of one row."""
    home = Home(tmp_path)
    home.create()
    with opened(version_file(home, 1)) as connection:
        connection.execute("create schema sales; create table sales.figure as select 42 as answer")
    monkeypatch.setattr(published, "settings", lambda: SimpleNamespace(home=home))
    published.ask.clear()
    yield home
    published.ask.clear()


def _is_held(file: Path) -> bool:
    held = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            held.add(str(descriptor.readlink()))
        except OSError:
            continue
    return str(file) in held


def _answer(number: int) -> int:
    return int(
        published.ask("select answer + $number as answer from sales.figure", {"number": number}, 1)["answer"].iloc[0]
    )


def test_a_version_is_opened_once_for_many_questions_and_let_go_afterwards(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    openings = []

    def counted(*arguments: object) -> object:
        openings.append(arguments)
        return read_published(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(published, "read_published", counted)
    monkeypatch.setattr(published, "_KEPT_OPEN_SECONDS", 0.5)
    assert [_answer(number) for number in range(5)] == [42, 43, 44, 45, 46]
    assert len(openings) == 1
    assert _is_held(version_file(home, 1))
    deadline = time.monotonic() + 10
    while _is_held(version_file(home, 1)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_held(version_file(home, 1))
    assert _answer(5) == 47
    assert len(openings) == 2


def test_questions_at_the_same_time_are_answered_while_the_version_is_let_go_and_opened_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "_KEPT_OPEN_SECONDS", 0.001)
    with ThreadPoolExecutor(4) as people:
        assert list(people.map(_answer, range(100))) == list(range(42, 142))


def test_a_version_that_is_not_kept_is_named(home: Home) -> None:
    with pytest.raises(ConcordError, match="Version 7 is not kept any more"):
        published.ask("select 1", {}, 7)
