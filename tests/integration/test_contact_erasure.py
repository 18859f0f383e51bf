"""A contact who is erased alone is nowhere any more and stays away; the customer, its deals and its other contacts stay."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import ConcordError
from pipelines.identity.model import Model
from pipelines.run import RunAccount, run
from pipelines.settings import REPOSITORY, Settings
from pipelines.state import State
from pipelines.warehouse import ask
from tests.extracts import contents, demo_settings, environment
from tests.integration.test_erasure import ACCIDENTAL, found_in
from tests.written_extracts import Row, deliver

SECRETS = ("Zephyrine", "Quackenbush", "7654321", "Zephyra", "zephyrine", "quackenbush")
OTHERS = {"Ada Lovelace", "Blaise Pascal", "Carl Gauss"}
ACCOUNT, PERSON, TWICE, LEAD, DEAL, CASE = (
    f"{kind}xx0000000001AAA" for kind in ("001", "003", "X03", "00Q", "006", "500")
)
WHEN: Row = {"CreatedDate": "2025-01-01 08:00:00", "SystemModstamp": "2026-01-01 08:00:00"}


def _contact(number: str, first: str, last: str, **more: object) -> Row:
    return WHEN | {"Id": number, "AccountId": ACCOUNT, "FirstName": first, "LastName": last, "Title": "Buyer"} | more


def _task(number: int, subject: str, **more: object) -> Row:
    return WHEN | {
        "Id": f"00Txx{number:010}AAA", "Subject": subject, "Type": "Call", "Status": "Completed",
        "ActivityDate": "2026-01-05",
    } | more  # fmt: skip


def _crowd(number: int) -> tuple[str, str]:
    """One of sixty people, of whom a model of matching learns; three have each name, four each given name."""
    return f"{'bdfgklmnprstvwz'[number % 15]}e{'lnr'[number % 3]}a", f"Vo{'bdfgklmnprstvwzjchqx'[number % 20]}ano"


def _found(settings: Settings) -> None:
    """A company with a person who is there twice, was a lead, and of whom a deal, a case, calls and a refused row tell."""
    reached = {"Email": "z.quackenbush@adler.example", "Phone": "+49 30 7654321"}
    others = (name.split() for name in sorted(OTHERS))
    deliver(
        settings, 1, "salesforce",
        Account=[WHEN | {"Id": ACCOUNT, "Name": "Adler GmbH", "BillingCountryCode": "DE", "IsPersonAccount": "false"}],
        Contact=[
            _contact(PERSON, "Zephyrine", "Quackenbush", **reached),
            _contact(TWICE, "Zephyrine", "Quackenbush", **reached),
            *(_contact(f"003xx000000001{place}AAA", *name) for place, name in enumerate(others)),
            *(_contact(f"Y03xx{number:010}AAA", *_crowd(number), AccountId="") for number in range(60)),
        ],
        Lead=[WHEN | reached | {
            "Id": LEAD, "FirstName": "Zephyrine", "LastName": "Quackenbush", "Company": "Adler GmbH", "IsConverted": "true",
            "Status": "Closed - Converted", "ConvertedAccountId": ACCOUNT, "ConvertedContactId": PERSON,
            "ConvertedDate": "2025-02-01",
        }],
        Opportunity=[WHEN | {
            "Id": DEAL, "AccountId": ACCOUNT, "ContactId": PERSON, "Name": "Adler pumps", "StageName": "Closed Won",
            "Amount": 500, "CurrencyIsoCode": "EUR", "Probability": 100, "CloseDate": "2026-01-10", "IsClosed": "true",
            "IsWon": "true",
        }],
        Case=[WHEN | {
            "Id": CASE, "AccountId": ACCOUNT, "ContactId": TWICE, "Subject": "Login of Zephyrine Quackenbush", "Status": "New",
            "IsClosed": "false",
        }],
        Task=[
            _task(1, "Call Zephyrine Quackenbush", WhoId=PERSON, WhatId=DEAL),
            _task(2, "Mail to Zephyrine Quackenbush", WhoId=LEAD),
            _task(3, "Call Ada Lovelace", WhatId=DEAL),
        ],
    )  # fmt: skip
    deliver(
        settings, 2, "salesforce",
        Contact=[_contact(PERSON, "Zephyrine", "Quackenbush", Title="Head of Purchasing", **reached)],
        Task=[_task(4, "Quackenbush again", WhoId=PERSON, ActivityDate="1066-10-14")],
    )  # fmt: skip


class Desk:
    """A home with its extracts, and what is done with it."""

    def __init__(self, home: Path) -> None:
        self.settings = demo_settings(home)
        self.settings.home.create()
        self.home = home

    def run(self, *, full: bool = False) -> RunAccount:
        with State(self.settings.state_url.get_secret_value()) as state:
            return run(self.settings, state, full=full)

    def erase(self, *arguments: str) -> Any:
        with environment(CONCORD_HOME=str(self.home)):
            return CliRunner().invoke(app, ["erase", *arguments, "--config", str(REPOSITORY / "concord.toml")])

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in ask(self.settings.home, query, limit=1000).rows]

    def logged(self, table: str, column: str) -> list[Any]:
        files = self.home / "landing" / "salesforce" / table / "*.parquet"
        return [
            row[0] for row in duckdb.execute(f"select {column} from read_parquet('{files}') order by all").fetchall()
        ]

    def told(self) -> set[tuple[str, str]]:
        """Where the home tells of the person; the extracts are the sources' own."""
        found = found_in(self.home, SECRETS)
        return {(place, secret) for place, secret in found if not place.startswith("demo/extracts/")}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("before"))
    _found(desk.settings)
    desk.run()
    (desk.home / "exports").mkdir(exist_ok=True)
    (desk.home / "exports" / "contacts.csv").write_text("Zephyrine Quackenbush\n", encoding="utf-8")
    assert {"landing", "quarantine", "published", "exports"} <= {place.split("/")[0] for place, _ in desk.told()}
    assert {"zephyrine", "quackenbush", "vobano"} <= _learned(desk)
    return desk


@pytest.fixture(scope="module")
def erased(before: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(
        Path(shutil.copytree(before.home, tmp_path_factory.mktemp("erased"), dirs_exist_ok=True, symlinks=True))
    )
    result = desk.erase("--contact", PERSON.lower(), "--yes", "--by", "officer", "--reason", "request 18", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert [record["source_id"] for record in document["records"]] == [PERSON, TWICE]
    assert {(table["table"], table["rows"]) for table in document["tables"]} == {
        *(("Contact", 3), ("Lead", 1), ("Case", 1), ("Task", 2)),
    }
    return desk


def _learned(desk: Desk) -> set[str]:
    """The words that the model of contacts counts."""
    with State(desk.settings.state_url.get_secret_value()) as state:
        kept = state.identity_model("contact")
    rarity = Model.from_json(kept.parameters).rarity if kept else None
    return set() if rarity is None else {word for counts in rarity.counts.values() for word in counts}


def test_nothing_of_an_erased_contact_is_left_in_any_file_of_the_home(erased: Desk) -> None:
    assert erased.told() == set()


def test_the_model_of_matching_keeps_the_words_of_the_others_only(before: Desk, erased: Desk) -> None:
    assert _learned(erased) == _learned(before) - {"zephyrine", "quackenbush"}


def test_the_customer_its_deals_and_its_other_contacts_stay(before: Desk, erased: Desk) -> None:
    persons = (
        "select contact_key, contact_name, source_records from core.dim_contact where customer_key <> -1 order by all"
    )
    was = {name: (key, records) for key, name, records in before.ask(persons)}
    now = {name: (key, records) for key, name, records in erased.ask(persons)}
    assert now == {"Erased contact" if name == "Zephyrine Quackenbush" else name: said for name, said in was.items()}
    assert set(now) == {"Erased contact", *OTHERS}
    assert now["Erased contact"][1] == 2
    for stays in (
        "select * exclude (created_date) from core.dim_customer order by all",
        "from core.fct_opportunity order by all",
        "select interaction_key, contact_source_id, customer_key from core.fct_interaction order by all",
        "select customer_key, customer_name from customer.customer_360 order by all",
    ):
        assert erased.ask(stays) == before.ask(stays)
    assert erased.logged("Opportunity", "Name") == ["Adler pumps"]
    assert erased.logged("Task", "Subject") == ["Call Ada Lovelace", None, None]
    assert erased.logged("Account", "Name") == ["Adler GmbH"]


def test_the_record_says_that_a_contact_was_erased_and_it_is_not_erased_twice(erased: Desk) -> None:
    (entry,) = json.loads(erased.erase("--list", "--json").stdout)
    key = "select contact_key from core.dim_contact where contact_name = 'Erased contact'"
    assert [(entry["contact_key"],)] == erased.ask(key)
    assert (entry["asked_by"], entry["reason"]) == ("officer", "request 18")
    assert entry["completed_at"]
    again = erased.erase("--contact", str(entry["contact_key"]), "--yes")
    assert isinstance(again.exception, ConcordError)
    assert "was erased on" in str(again.exception)


def test_who_is_unknown_or_not_said_erases_nobody(before: Desk) -> None:
    for arguments in (["--contact", "003nobody"], [], ["1", "--contact", PERSON]):
        assert isinstance(before.erase(*arguments, "--yes").exception, ConcordError)
    assert json.loads(before.erase("--list", "--json").stdout) == []


def test_what_is_delivered_of_the_contact_again_brings_nothing_back_and_incremental_equals_full(erased: Desk) -> None:
    _found(erased.settings)
    deliver(
        erased.settings, 3, "salesforce",
        Contact=[_contact(PERSON, "Zephyra", "Quackenbush", AccountId="", Email="zephyra@quackenbush.example")],
        Task=[_task(5, "Call Zephyra Quackenbush", WhoId=TWICE), _task(6, "Call Blaise Pascal", WhatId=DEAL)],
    )  # fmt: skip
    account = erased.run()
    assert (account.mode, account.outcome) == ("incremental", "published")
    assert erased.told() == set()
    in_steps = contents(erased.settings, without=ACCIDENTAL)
    erased.run(full=True)
    assert contents(erased.settings, without=ACCIDENTAL) == in_steps
