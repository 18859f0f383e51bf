"""Companies that many tests read and none changes: built once for all workers, when the first test asks."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from pipelines.demo.drops import advance
from pipelines.graph import Graph
from pipelines.publish import build as building
from pipelines.publish import compiled, dbt
from pipelines.publish.project import compose
from pipelines.run import run
from pipelines.settings import REPOSITORY, Settings
from pipelines.state import State
from pipelines.warehouse import current_version
from tests.command_line import Desk
from tests.extracts import customer, demo_settings, environment, example_settings, small_company

_LONGEST = (
    *("integration/test_contacts", "sequences/test_killed_runs"),  # one makes the demo companies, the other the example
    *("integration/test_command_line", "integration/test_erasure", "sequences/test_incremental_equals_full"),
    *("sequences/test_demo_in_steps", "integration/test_product_history", "sequences/test_star_in_steps"),
    *("integration/test_star_crm", "integration/test_demo_command", "integration/test_marts_supply"),
    *("integration/test_models", "integration/test_quality_marts", "integration/test_metrics"),
    *("integration/test_contact_erasure", "sequences/test_open_items", "integration/checks/test_marts_and_books"),
    *("architecture/test_layers", "unit/demo/test_drops", "sequences/test_fiscal_calendars", "browser/test_pages"),
    *("integration/test_replay", "unit/identity/test_matching", "integration/test_demo_score"),
    *("integration/test_crm_erp_csv", "unit/demo/test_books_of_the_company", "unit/test_privacy"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker waits for the other at the end."""
    places = {REPOSITORY / "tests" / f"{name}.py": place for place, name in enumerate(_LONGEST)}
    assert all(file.exists() for file in places)
    items.sort(key=lambda item: places.get(item.path, len(places)))


def _shared(factory: pytest.TempPathFactory) -> Path:
    """The folder of this session, the same for all workers."""
    return factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What dbt makes of the project's files is made once for all homes; a test with other files has its own."""
    with environment(CONCORD_COMPILED=str(_shared(tmp_path_factory) / "compiled")):
        yield


@contextmanager
def _alone(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Give the folder of this session while no other worker is at work on what is called so."""
    shared = _shared(factory)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared


class Parsed(NamedTuple):
    """A project as dbt parsed it; its ``logs/dbt.log`` holds what dbt said meanwhile."""

    settings: Settings
    graph: Graph
    manifest: Any


Parse = Callable[[str], Parsed]


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Parse:
    """Give the project of the systems of the ``demo`` or of the ``example``: parsed whole by one worker, taken over by others.

    Who lets dbt run asks for it first.
    """

    @cache
    def parse(kind: str) -> Parsed:
        with _alone(tmp_path_factory, f"parsed_{kind}") as shared, pytest.MonkeyPatch.context() as changed:
            home = shared / f"parsed_{kind}"
            settings = demo_settings(home) if kind == "demo" else example_settings(home / "extracts", home)
            settings.home.create()
            project = compose(settings)
            changed.setattr(dbt, "_manifests", {})  # no other test's parse: this one is to be told in its own log
            changed.setattr(compiled, "_graphs", {})
            changed.setenv("CONCORD_COMPILED", str(home / "compiled"))
            manifest = dbt.manifest_of(settings, project)
            found, taken_over = Parsed(settings, compiled.graph_of(settings, project), manifest), dict(dbt._manifests)
        # This worker need not parse the project again, whatever it lets dbt do with it.
        dbt._manifests.update(taken_over)
        return found

    return parse


def _learn_every_step(settings: Settings, *, with_ingest: bool = False) -> None:
    """Let dbt say once what it does about news of any table, so that no later run of these systems needs it.

    Most steps of a test bring news of a few tables; dbt would be started for each set of them that no test had before.
    """
    with State(settings.state_url.get_secret_value()) as state:
        state.decide_identity("a/1", "a/2", "open", "test", "")  # for there must be something to do
        with patch.object(building, "_news", lambda graph, _plan: list(graph.sources)):
            assert run(settings, state, with_ingest=with_ingest).mode == "incremental"


@pytest.fixture(scope="session")
def clean_company(parsed: Parse, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny demo company, three years to 31 October 2026, without any mess: every figure is the truth's."""
    with _alone(tmp_path_factory, "clean_company") as shared:
        settings = demo_settings(shared / "clean_company")
        settings.home.create()
        if current_version(settings.home) is None:
            advance(settings.home.root / "demo", scale="tiny", mess=0)
            with State(settings.state_url.get_secret_value()) as state:
                parsed("demo")
                run(settings, state)
    return settings


class Founded(NamedTuple):
    """The demo company as the command founds it: what it said, and the home that it made."""

    said: str
    settings: Settings


@pytest.fixture(scope="session")
def founded(clean_company: Settings, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """The tiny demo company and its first version, made by ``concord demo``; what dbt compiles for it is there already."""
    assert clean_company.home.root.is_dir()
    with _alone(tmp_path_factory, "messy_company") as shared:
        folder = shared / "messy_company"
        said = folder / "said.txt"
        if not said.exists():
            folder.mkdir()
            desk = Desk(folder, compiled=Path(os.environ["CONCORD_COMPILED"]))
            done = desk.concord("demo", "--scale", "tiny", "--report", "--no-serve", config=False)
            said.write_text(done.stdout, encoding="utf-8")
    return Founded(said.read_text(encoding="utf-8"), demo_settings(folder / "home"))


@pytest.fixture(scope="session")
def messy_company(founded: Founded) -> Settings:
    """The tiny demo company with as much mess as the demo has."""
    return founded.settings


@pytest.fixture(scope="session")
def learned_demo(clean_company: Settings, parsed: Parse, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Runs of the demo company's systems need no dbt after this."""
    with _alone(tmp_path_factory, "learned_demo") as shared:
        home = shared / "learned_demo"
        if not home.exists():
            shutil.copytree(
                clean_company.home.root, home, symlinks=True, ignore=shutil.ignore_patterns("demo", "landing")
            )
            parsed("demo")
            _learn_every_step(demo_settings(home))


@pytest.fixture(scope="session")
def small_example(parsed: Parse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the extracts of ``small_company`` and its home after the first run; later runs need no dbt.

    ``tests.extracts.example_copy`` gives a copy that a test may change. Beside it lies ``learned_example``, where customer 1 got
    another name; ``dbt.json`` holds the commands that dbt was given for both.
    """
    with _alone(tmp_path_factory, "small_example") as shared:
        folder = shared / "small_example"
        if not folder.exists():
            beginning, learned = shared / "small_example.new", shared / "learned_example"
            settings = example_settings(beginning / "extracts", beginning / "home")
            settings.home.create()
            parsed("example")
            company = small_company()
            company.write(beginning / "extracts")
            with patch.object(dbt, "invoke", wraps=dbt.invoke) as asked:
                with State(settings.state_url.get_secret_value()) as state:
                    run(settings, state)
                shutil.copytree(beginning, learned, symlinks=True)
                company.customers[1] = customer(1, first="Grace")
                company.write(learned / "extracts")
                _learn_every_step(example_settings(learned / "extracts", learned / "home"), with_ingest=True)
            commands = [call.args[2][0] for call in asked.call_args_list]
            (beginning / "dbt.json").write_text(json.dumps(commands), encoding="utf-8")
            beginning.rename(folder)
    return folder
