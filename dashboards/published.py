"""The published version that the pages read, and the one way to ask it a question."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st
from pandas import DataFrame

from pipelines.errors import ConcordError
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
    connection, _ = read_published(settings().home, version)
    try:
        return connection.execute(query, dict(parameters)).df()
    finally:
        connection.close()


__all__ = ["ConcordError", "DataFrame", "Edition", "Value", "ask", "current_edition", "settings"]
