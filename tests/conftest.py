"""Companies that many tests read and none changes: built once for all workers, when the first test asks."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.demo.drops import advance
from pipelines.run import run
from pipelines.settings import REPOSITORY, Settings, load_settings
from pipelines.state import State
from pipelines.warehouse import current_version
from tests.extracts import environment


def _shared(factory: pytest.TempPathFactory) -> Path:
    """The folder of this session, the same for all workers."""
    return factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What dbt makes of the project's files is made once for all homes; a test with other files has its own."""
    with environment(CONCORD_COMPILED=str(_shared(tmp_path_factory) / "compiled")):
        yield


def _company(factory: pytest.TempPathFactory, name: str, mess: float) -> Settings:
    shared = _shared(factory)
    home = Path(shared) / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with environment(CONCORD_HOME=str(home)):
            settings = load_settings(REPOSITORY / "concord.toml")
        settings.home.create()
        if current_version(settings.home) is None:
            advance(home / "demo", scale="tiny", mess=mess)
            with State(settings.state_url.get_secret_value()) as state:
                run(settings, state)
    return settings


@pytest.fixture(scope="session")
def clean_company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny demo company, three years to 31 October 2026, without any mess: every figure is the truth's."""
    return _company(tmp_path_factory, "clean_company", mess=0)


@pytest.fixture(scope="session")
def messy_company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny demo company with as much mess as the demo has."""
    return _company(tmp_path_factory, "messy_company", mess=1)
