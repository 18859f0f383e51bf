"""Readers never notice a publish, except that the figures are new."""

import multiprocessing
import multiprocessing.synchronize
import time
from multiprocessing.queues import Queue
from pathlib import Path

from pipelines.home import Home
from pipelines.publish.versions import publish
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import opened, read_published
from tests.extracts import example_settings

_TABLES = 5


def _candidate(home: Home, number: int) -> None:
    """A version whose tables all say the same number, many times."""
    with opened(home.candidate) as connection:
        for table in range(_TABLES):
            connection.execute(f"create table t{table} as select {number} as number from range(20000)")
        connection.execute("checkpoint")


def _read_in_a_loop(home: Home, stop: multiprocessing.synchronize.Event, seen: "Queue[object]") -> None:
    numbers: set[int] = set()
    reads = 0
    try:
        while not stop.is_set():
            connection, version = read_published(home)
            for table in range(_TABLES):
                rows = connection.execute(f"select number, count(*) from t{table} group by number").fetchall()
                assert rows == [(version, 20_000)], f"version {version} shows {rows}"
            connection.close()
            numbers.add(version)
            reads += 1
    except Exception as error:  # noqa: BLE001 - whatever a reader meets is what the test is about
        seen.put(repr(error))
    else:
        seen.put((reads, numbers))


def test_readers_see_no_error_and_no_half_built_version_while_ten_are_published(tmp_path: Path) -> None:
    settings: Settings = example_settings(tmp_path, tmp_path / "home")
    settings = settings.model_copy(update={"warehouse": settings.warehouse.model_copy(update={"keep_versions": 1})})
    settings.home.create()
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    seen: Queue[object] = context.Queue()
    with State(settings.state_url.get_secret_value()) as state:
        _candidate(settings.home, 1)
        publish(settings, state, 1)
        readers = [
            context.Process(target=_read_in_a_loop, args=(settings.home, stop, seen), daemon=True) for _ in range(2)
        ]
        for reader in readers:
            reader.start()
        time.sleep(2)
        for number in range(2, 12):
            _candidate(settings.home, number)
            publish(settings, state, number)
            time.sleep(0.1)
    time.sleep(0.5)
    stop.set()
    results = [seen.get(timeout=30) for _ in readers]
    for reader in readers:
        reader.join(timeout=30)
    for result in results:
        assert isinstance(result, tuple), f"a reader met {result}"
        reads, numbers = result
        assert reads > 10
        assert len(numbers) > 2
        assert max(numbers) == 11
    assert len(list(settings.home.published.glob("warehouse-*.duckdb"))) == 1
