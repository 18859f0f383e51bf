"""What could keep a run from working, found before it runs."""

import importlib.metadata
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import sources
from pipelines.errors import ConcordError
from pipelines.settings import Settings, load_settings
from pipelines.state import State
from pipelines.warehouse import current_version, read_published

_LEAST_FREE_GIGABYTES = 2


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is well, what it is, and what to do if it is not."""

    is_well: bool
    text: str
    advice: str = ""


def examine(config: Path | None) -> Iterator[Finding]:
    """Look at the machine, the configuration, the sources, the stores and the published version, in this order."""
    yield Finding(
        sys.version_info[:2] == (3, 11),
        f"Python {sys.version.split()[0]}",
        "Concord's libraries are locked for Python 3.11: make the environment with it.",
    )
    names = ("duckdb", "dbt-core", "dbt-duckdb", "prefect", "great-expectations", "streamlit")
    yield Finding(True, ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names))
    try:
        settings = load_settings(config)
    except ConcordError as error:
        yield Finding(False, error.message, error.hint or "")
        return
    yield Finding(True, f"Configuration {settings.file}")
    yield from _home(settings)
    yield from _sources(settings)
    yield from _published(settings)


def _home(settings: Settings) -> Iterator[Finding]:
    try:
        settings.home.create()
        with State(settings.state_url.get_secret_value()) as state:
            count = len(state.batches())
    except ConcordError as error:
        yield Finding(False, error.message, error.hint or "")
        return
    yield Finding(True, f"Home {settings.home.root}, state store with {count:,} batches")
    free = shutil.disk_usage(settings.home.root).free / 1e9
    yield Finding(
        free >= _LEAST_FREE_GIGABYTES,
        f"{free:,.0f} GB free on its disk",
        f"A build needs room for a copy of the warehouse; keep {_LEAST_FREE_GIGABYTES} GB free.",
    )


def _sources(settings: Settings) -> Iterator[Finding]:
    for system, source in settings.sources.items():
        for name, contract in source.tables.items():
            try:
                deliveries = sum(1 for _ in sources.extracts(source, contract, {}))
            except ConcordError as error:
                yield Finding(False, f"{system}.{name}: {error.message}", error.hint or "")
            else:
                yield Finding(True, f"{system}.{name}: {deliveries} deliveries fit their contract's columns")


def _published(settings: Settings) -> Iterator[Finding]:
    if current_version(settings.home) is None:
        yield Finding(True, "Nothing published yet: run `concord run`")
        return
    try:
        connection, number = read_published(settings.home)
        connection.close()
    except ConcordError as error:
        yield Finding(False, error.message, error.hint or "")
    else:
        yield Finding(True, f"Version {number} is published and can be read")
