"""The published version that the pages read, and the one way to ask it a question."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock, Timer, current_thread

import streamlit as st
from duckdb import DuckDBPyConnection
from pandas import DataFrame

from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.settings import Settings, load_settings
from pipelines.warehouse import POINTER, current_version, read_published

Value = str | int | float | bool | date | list[str] | None


@dataclass(frozen=True)
class Edition:
    """A published version: its number, and the instant (UTC) since which it is the current one."""

    number: int
    published_at: datetime


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """Return the settings of this server, read once from CONCORD_CONFIG or else from the usual places.

    Raises ConfigurationError when they are refused.
    """
    file = os.environ.get("CONCORD_CONFIG")
    return load_settings(Path(file) if file else None)


def current_edition() -> Edition | None:
    """Return what is published now, or None before the first publish. Never cached: it is what the pages watch."""
    home = settings().home
    number = current_version(home)
    if number is None:
        return None
    try:
        since = (home.published / POINTER).stat().st_mtime
    except FileNotFoundError:
        return None
    return Edition(number, datetime.fromtimestamp(since, UTC))


@st.cache_data(show_spinner=False, max_entries=500)
def ask(query: str, parameters: Mapping[str, Value], version: int) -> DataFrame:
    """Return the rows of ``query`` on ``version``, remembered as long as there is room: a version never changes.

    ``parameters`` are bound to the ``$name`` of the query. Raises ConcordError when the version is not kept any more.
    """
    with _asking(settings().home, version) as connection:
        return connection.execute(query, dict(parameters)).df()


_KEPT_OPEN_SECONDS = 60.0
_one_at_a_time = Lock()
_open: dict[tuple[Path, int], DuckDBPyConnection] = {}
_closing: dict[tuple[Path, int], Timer] = {}


@contextmanager
def _asking(home: Home, version: int) -> Iterator[DuckDBPyConnection]:
    """Give a connection to a version, which stays open while people look at it.

    To open a version reads its whole catalog, which takes ten times as long as most answers. It is closed a minute after the last
    question: what is deleted, like the versions with an erased person, does not stay on the disk because of a page.
    """
    which = (home.root, version)
    with _one_at_a_time:
        if which in _open:
            _closing[which].cancel()
        else:
            _open[which], _ = read_published(home, version)
        connection = _open[which].cursor()
        _closing[which] = Timer(_KEPT_OPEN_SECONDS, _close, [which])
        _closing[which].daemon = True
        _closing[which].start()
    try:
        connection.execute("use warehouse")
        yield connection
    finally:
        connection.close()


def _close(which: tuple[Path, int]) -> None:
    with _one_at_a_time:
        if which in _open and _closing[which] is current_thread():
            _open.pop(which)  # not closed, which would end the answers that it is giving: it goes with the last of them
            _closing.pop(which)


__all__ = ["ConcordError", "DataFrame", "Edition", "Value", "ask", "current_edition", "settings"]
