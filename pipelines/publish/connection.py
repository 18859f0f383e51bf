"""The connection to the candidate: open from the first statement of a build to the last one of its audit.

Opening a warehouse reads its whole catalog and closing it writes a checkpoint, which takes longer than to build a small model.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse import literal, quoted, scratch

_open: dict[Path, duckdb.DuckDBPyConnection] = {}


def candidate_connection(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Return the connection to the candidate, with the log attached; it stays open until ``close_candidates``."""
    file = settings.home.candidate
    if file not in _open:
        limits = settings.warehouse
        _open[file] = scratch(memory_limit=limits.memory_limit, threads=limits.threads, folder=settings.home.spill)
        for statement in (
            # Nobody recovers a candidate: what is committed is written into the file once, at the end, and into no log before.
            f"attach {literal(file)} as {quoted(file.stem)} (recovery_mode no_wal_writes)",
            f"use {quoted(file.stem)}",
            "set checkpoint_threshold = '1GB'",
            "set preserve_insertion_order = false",
            f"attach {literal(settings.home.log_catalog)} as log (read_only)",
            "set variable after_batch_id = (select after_batch_id from log.control.build)",
        ):
            _open[file].execute(statement)
        gc.freeze()  # what is there now has nothing to do with the file: the look for circles at its end leaves it out
    return _open[file]


def close_candidates() -> None:
    """Close what is open, which writes what is pending into the file."""
    while _open:
        _open.popitem()[1].close()
        gc.collect()  # what Python models leave in circles would keep the file open
        gc.unfreeze()


@contextmanager
def last_words(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give the connection to the candidate for what is still to be said in it, and close it."""
    try:
        yield candidate_connection(settings)
    finally:
        close_candidates()
