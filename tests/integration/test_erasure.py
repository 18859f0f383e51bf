"""An erased person is nowhere any more, stays away, and the books say what they said."""

import json
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines import commit_points
from pipelines.cli import app
from pipelines.errors import ConcordError
from pipelines.privacy import erasure as erasing
from pipelines.privacy.record import erasures
from pipelines.run import RunAccount, run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask, opened
from tests.extracts import EXAMPLE, contents, customer, environment, example_settings, sale, small_company

NAME, SURNAME, OTHER_NAME, BIRTH_DATE = "Zephyrine", "Quackenbush", "Zephyra", "1961-02-03"
SECRETS = (NAME, SURNAME, OTHER_NAME, BIRTH_DATE)
NUMBER = "AW00000003"
ACCIDENTAL = (
    *("_batch_id", "batch_id", "first_batch_id", "last_batch_id", "landed_at", "last_landed_at", "extracted_at"),
    *("_row_number", "built_at"),
)
BOOKS = ("core.fct_sales_order_line", "core.fct_sales_order", "sales.revenue_month", "sales.revenue_month_market")
"""What must be the same; of the lines without customer_version_key, for a person without a history has one version."""


def deliver(folder: Path, *, first: str = NAME, news: bool = False) -> None:
    """A company with one person who can be told from all others, twice in quarantine too."""
    company = small_company()
    company.customers[3] = customer(3, first=first, last=SURNAME)
    company.people["NASAW00000003"] = ["NASAW00000003", BIRTH_DATE, "Female"]
    if news:
        company.customers[9] = customer(9)
        company.sales["SO90", "HEL-01"] = sale("SO90", "HEL-01", buyer=3, day=20240301)
    company.write(folder)
    with (folder / "source_crm" / "cust_info.csv").open("a", encoding="utf-8") as file:
        file.write(f"3,AW00000003,{OTHER_NAME},{SURNAME},M,F,2020-01-01\r\n")
        file.write(f"3,AW00000003,{NAME},{SURNAME},M,F,2025-01-01,one,two,many\r\n")


class Desk:
    """Extracts, a home, and what is done with them."""

    def __init__(self, folder: Path, name: str = "home") -> None:
        self.extracts = folder / "extracts"
        self.settings = example_settings(self.extracts, folder / name)
        self.settings.home.create()

    @property
    def home(self) -> Path:
        return self.settings.home.root

    def run(self, *, full: bool = False) -> RunAccount:
        with State(self.settings.state_url.get_secret_value()) as state:
            return run(self.settings, state, full=full)

    def erase(self, *arguments: str) -> Any:
        with environment(CONCORD_EXTRACTS=str(self.extracts), CONCORD_HOME=str(self.home)):
            return CliRunner().invoke(app, ["erase", *arguments, "--config", str(EXAMPLE)])

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return ask(self.settings.home, query, limit=1000).rows

    def contents(self, *, of_views: bool = True) -> dict[str, list[str]]:
        return contents(self.settings, without=ACCIDENTAL, of_views=of_views)

    def books(self) -> dict[str, list[str]]:
        found = contents(self.settings, without=(*ACCIDENTAL, "customer_version_key"))
        return {name: found[name] for name in BOOKS}

    def copy(self, folder: Path) -> "Desk":
        shutil.copytree(self.extracts.parent, folder, dirs_exist_ok=True, symlinks=True)
        return Desk(folder)


def told(home: Path) -> Iterator[tuple[str, str]]:
    """Everything that the files of a home say: their bytes, and of what is compressed the rows."""
    for path in sorted(home.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        place = str(path.relative_to(home))
        yield place, path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet":
            yield place, str(duckdb.execute(f"select columns(*)::varchar from read_parquet('{path}')").fetchall())
        elif path.suffix == ".duckdb":
            with opened(path, read_only=True) as connection:
                query = "select schema_name, table_name from duckdb_tables() where not internal"
                for schema, name in connection.execute(query).fetchall():
                    rows = connection.execute(f'select columns(*)::varchar from "{schema}"."{name}"').fetchall()
                    yield f"{place}:{schema}.{name}", str(rows)


def found_in(home: Path, secrets: Sequence[str] = SECRETS) -> set[tuple[str, str]]:
    return {(place, secret) for place, text in told(home) for secret in secrets if secret in text}


@pytest.fixture(scope="module")
def before(small_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A company with two versions and the person in the log, in quarantine, in both versions and in a decision."""
    folder = tmp_path_factory.mktemp("before")
    desk = Desk(folder)
    deliver(desk.extracts, first=OTHER_NAME)
    desk.run()
    deliver(desk.extracts)
    desk.run()
    (desk.home / "exports").mkdir()
    (desk.home / "exports" / "customers.csv").write_text(f"{NAME} {SURNAME}\n", encoding="utf-8")
    with State(desk.settings.state_url.get_secret_value()) as state:
        state.decide_identity("crm/3", "crm/4", "apart", "steward", f"I know {NAME} {SURNAME}")
    places = {place.split("/")[0] for place, _ in found_in(desk.home)}
    assert {"landing", "quarantine", "published", "exports"} <= places
    assert any(place.startswith("state.db") for place in places)
    return desk


@pytest.fixture(scope="module")
def erased(before: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = before.copy(tmp_path_factory.mktemp("erased"))
    result = desk.erase(NUMBER, "--yes", "--by", "officer", "--reason", "request 17", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["customer_number"] == NUMBER
    assert {(record["system"], record["source_id"]) for record in document["records"]} == {
        ("crm", "3"),
        ("erp", NUMBER),
    }
    assert {(table["table"], table["rows"]) for table in document["tables"]} == {
        ("cust_info", 2),
        ("CUST_AZ12", 1),
        ("LOC_A101", 1),
    }
    assert (document["versions_removed"], document["version"]) == ([1, 2], 3)
    assert "crm, erp" in document["left_to_you"]
    return desk


@pytest.fixture
def desk(erased: Desk, tmp_path: Path) -> Desk:
    return erased.copy(tmp_path)


def test_nothing_of_an_erased_person_is_left_in_any_file_of_the_home(erased: Desk) -> None:
    assert found_in(erased.home) == set()
    assert [path.name for path in (erased.home / "published").glob("*.duckdb")] == ["warehouse-000003.duckdb"]


def test_the_books_stay_and_the_person_is_pseudonymous(before: Desk, erased: Desk) -> None:
    assert erased.books() == before.books()
    query = "select customer_key, customer_number, orders, revenue_group, country_code, is_person from customer.customer_360"
    assert sorted(erased.ask(query), key=str) == sorted(before.ask(query), key=str)
    person = f"from customer.customer_360 select customer_name where customer_number = '{NUMBER}'"
    assert erased.ask(person) == [(f"Erased customer {NUMBER}",)]
    others = f"from core.dim_customer where customer_number is distinct from '{NUMBER}' order by all"
    assert erased.ask(others) == before.ask(others)
    identity = "from conformed.customer_identity order by all"
    assert erased.ask(identity) == before.ask(identity)


def test_the_record_of_the_erasure_says_who_when_and_why_and_nothing_personal(erased: Desk) -> None:
    listed = json.loads(erased.erase("--list", "--json").stdout)
    assert [(entry["asked_by"], entry["reason"]) for entry in listed] == [("officer", "request 17")]
    assert listed[0]["completed_at"]
    assert sorted(map(tuple, listed[0]["records"])) == [("crm", "3"), ("erp", NUMBER)]
    with State(erased.settings.state_url.get_secret_value()) as state:
        decisions = state.identity_decisions()
    assert [(said.verdict, said.reason) for said in decisions] == [("apart", "")]
    shown = erased.erase("--list").stdout
    assert "officer" in shown
    assert "crm/3" in shown


def test_what_the_sources_deliver_again_says_nothing_new(desk: Desk) -> None:
    log = sorted(path.name for path in (desk.home / "landing").rglob("*.parquet"))
    account = desk.run()
    assert account.outcome == "unchanged"
    deliver(desk.extracts)
    account = desk.run()
    assert {table.admitted for table in account.tables} == {0}
    assert sorted(path.name for path in (desk.home / "landing").rglob("*.parquet")) == log
    deliver(desk.extracts, news=True)
    account = desk.run()
    assert {table.table: table.admitted for table in account.tables if table.admitted} == {
        "cust_info": 1,
        "sales_details": 1,
    }
    assert found_in(desk.home) == set()


def test_changes_of_an_erased_record_bring_nothing_back_and_incremental_equals_full(desk: Desk) -> None:
    deliver(desk.extracts, first=OTHER_NAME, news=True)
    account = desk.run()
    assert (account.mode, account.outcome) == ("incremental", "published")
    assert found_in(desk.home) == set()
    assert desk.ask(f"select orders from customer.customer_360 where customer_number = '{NUMBER}'") == [(3,)]
    incremental = desk.contents()
    desk.run(full=True)
    assert desk.contents() == incremental


def test_rows_that_came_past_the_door_are_found_and_erased_by_the_next_run(desk: Desk) -> None:
    """Another process has read its last word on the erased before this erasure was recorded."""
    deliver(desk.extracts, first=OTHER_NAME)
    with State(desk.settings.state_url.get_secret_value()) as state:
        from pipelines.ingest.tables import ingest_table

        ingest_table(desk.settings, state, "crm", "cust_info", state.start_run())
    assert (OTHER_NAME in {secret for _, secret in found_in(desk.home)}) is True
    account = desk.run()
    assert (account.outcome, account.mode_reason) == ("published", "a person was erased from the log")
    assert found_in(desk.home) == set()
    assert desk.run().outcome == "unchanged"


def test_an_erased_customer_is_not_erased_twice(desk: Desk) -> None:
    with State(desk.settings.state_url.get_secret_value()) as state:
        person = erasing.find_person(desk.settings, NUMBER)
        with pytest.raises(ConcordError, match="was erased on"):
            erasing.record(state, person, "officer", "")
        assert len(erasures(state)) == 1


def test_who_is_unknown_or_not_sure_erases_nobody(before: Desk, tmp_path: Path) -> None:
    desk = before.copy(tmp_path)
    unknown = desk.erase("AW99999999", "--yes")
    assert isinstance(unknown.exception, ConcordError)
    assert "No customer has the key or the number AW99999999." in str(unknown.exception)
    assert unknown.stdout == ""
    own_keys = desk.ask(
        "select own_key, customer_key from conformed.customer_identity where source_id in ('3', 'AW00000003')"
    )
    assert len({own for own, _ in own_keys}) == 2
    assert {erasing.find_person(desk.settings, str(own)).key for own, _ in own_keys} == {own_keys[0][1]}
    nobody = desk.erase(NUMBER)
    assert isinstance(nobody.exception, ConcordError)
    assert "there is nobody to ask" in str(nobody.exception)
    assert "cust_info" in nobody.stdout
    with State(desk.settings.state_url.get_secret_value()) as state:
        assert erasures(state) == []
    assert desk.contents(of_views=False) == before.contents(of_views=False)


POINTS = [*commit_points.ERASURE_POINTS, "candidate.audited", "version.renamed", "version.swapped"]


def test_an_erasure_that_is_killed_anywhere_is_completed_by_the_next_run(
    before: Desk, erased: Desk, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.warm"])
    expected = erased.contents(of_views=False)

    def check(point: str) -> str | None:
        killed = before.copy(tmp_path / point)
        process = context.Process(target=_erase_until, args=(killed.settings, point))
        process.start()
        process.join()
        if process.exitcode != -signal.SIGKILL:
            return f"{point}: the erasure ended with {process.exitcode}"
        killed.contents(of_views=False)  # readers see a whole version
        process = context.Process(target=_erase_until, args=(killed.settings, ""))
        process.start()
        process.join()
        with State(killed.settings.state_url.get_secret_value()) as state:
            is_complete = all(erasure.completed_at for erasure in erasures(state))
        left = found_in(killed.home)
        if process.exitcode or left or not is_complete or killed.contents(of_views=False) != expected:
            return f"{point}: {process.exitcode}, completed {is_complete}, left {left}"
        return None

    with ThreadPoolExecutor(2) as pool:
        broken = [message for message in pool.map(check, POINTS) if message]
    assert not broken, "\n".join(broken)


def _erase_until(settings: Settings, point: str) -> None:
    """Erase the person and be killed at a commit point; without one, run."""
    assert sys.modules["tests.warm"].READY

    def end_here(passed: str) -> None:
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    commit_points.observe(end_here)
    with State(settings.state_url.get_secret_value()) as state:
        if point:
            erasing.record(state, erasing.find_person(settings, NUMBER), "officer", "request 17")
        run(settings, state, with_ingest=not point)
