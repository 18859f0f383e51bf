"""People among the contacts of the CRM: the demo company's truth says who they are."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from pipelines.demo.scoring.score import score
from pipelines.identity import stewardship
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from tests.extracts import demo_settings
from tests.questions import rows_of


def truth(settings: Settings) -> pl.DataFrame:
    return pl.read_parquet(settings.home.root / "demo" / "truth" / "contact_identity" / "**" / "*.parquet")


def persons(settings: Settings) -> dict[str, int]:
    return dict(rows_of(settings, "select source_id, contact_key from conformed.contact_identity"))


@pytest.mark.parametrize("company", ["clean_company", "messy_company"])
def test_contacts_of_one_person_are_one_and_strangers_are_not(company: str, request: pytest.FixtureRequest) -> None:
    settings = request.getfixturevalue(company)
    found = score(settings.home)["contacts"]
    assert found["records"] == len(persons(settings))
    assert found["repeated"] > 0
    assert found["precision"] >= 0.99
    assert found["f1"] >= 0.97


def test_second_entries_that_the_crm_did_not_merge_are_found(messy_company: Settings) -> None:
    known = persons(messy_company)
    again = truth(messy_company).filter(pl.col("duplicate_of").is_not_null() & pl.col("source_id").is_in(list(known)))
    again = again.filter(pl.col("duplicate_of").is_in(list(known)))
    assert again.height
    assert all(known[row["source_id"]] == known[row["duplicate_of"]] for row in again.iter_rows(named=True))


def test_every_living_contact_is_in_one_person_of_the_star(messy_company: Settings) -> None:
    (alive,) = rows_of(messy_company, "select count(*) from conformed.contact where not is_deleted")[0]
    told = rows_of(
        messy_company,
        "select count(*), count(distinct contact_key), sum(source_records) from core.dim_contact where contact_key <> -1",
    )[0]
    assert told[0] == told[1] < alive
    assert told[2] == alive
    assert rows_of(
        messy_company, "select contact_name, source_records from core.dim_contact where contact_key = -1"
    ) == [("Unknown", 0)]
    strangers = (
        "select count(*) from core.dim_contact where customer_key not in (select customer_key from core.dim_customer)"
    )
    assert rows_of(messy_company, strangers) == [(0,)]


def test_a_customers_people_name_the_records_behind_them(messy_company: Settings) -> None:
    listed = rows_of(
        messy_company,
        "select contact_key, records, deleted_records, source_records from customer.customer_contact",
    )
    of_record = {record: key for key, names, _, _ in listed for record in names.split(", ")}
    known = {f"salesforce/{source_id}": key for source_id, key in persons(messy_company).items()}
    assert of_record.items() <= known.items()
    for _, names, deleted, many in listed:
        assert len(names.split(", ")) - len(deleted.split(", ") if deleted else []) == many


def test_a_second_entry_leads_to_the_person_named_after_the_first_one(messy_company: Settings) -> None:
    redirected = rows_of(
        messy_company,
        "select old_contact_key, contact_key from customer.contact_redirect",
    )
    assert redirected
    keys = {key for _, key in redirected}
    own = dict(rows_of(messy_company, "select own_key, contact_key from conformed.contact_identity"))
    assert all(own[key] == key for key in keys)


def test_a_person_has_the_fullest_given_name_of_the_living_contacts(messy_company: Settings) -> None:
    lacking = rows_of(
        messy_company,
        """
        select contact_key
        from core.dim_contact as person
        inner join conformed.contact_identity as identity using (contact_key)
        inner join conformed.contact_record as record using (source_system, source_id)
        where not record.is_deleted and length(record.given_name) > coalesce(length(person.given_name), 0)
        """,
    )
    assert lacking == []


def test_leavers_are_not_active(messy_company: Settings) -> None:
    told = rows_of(messy_company, "select title, is_active from core.dim_contact where contact_key <> -1")
    assert {active for title, active in told if title == "left the company"} == {False}
    assert {active for title, active in told if title != "left the company"} == {True}


def _copy(settings: Settings, folder: Path) -> Settings:
    shutil.copytree(settings.home.root, folder, symlinks=True)
    return demo_settings(folder)


def test_a_stewards_word_on_contacts_wins(learned_demo: None, messy_company: Settings, tmp_path: Path) -> None:
    settings = _copy(messy_company, tmp_path / "home")
    names: dict[int, list[str]] = {}
    for source_id, key in persons(settings).items():
        names.setdefault(key, []).append(f"salesforce/contact/{source_id}")
    glued = sorted(next(group for group in names.values() if len(group) == 2))
    strangers = sorted(group[0] for group in names.values() if len(group) == 1)[:2]
    with State(settings.state_url.get_secret_value()) as state:
        stewardship.decide(settings.home, state, *glued, "apart", "steward", "father and son")
        stewardship.decide(settings.home, state, *strangers, "same", "steward", "she told me")
        assert not stewardship.explanation(settings.home, state, *strangers).is_one_customer
        run(settings, state)
        after = {f"salesforce/contact/{source_id}": key for source_id, key in persons(settings).items()}
        assert after[glued[0]] != after[glued[1]]
        assert after[strangers[0]] == after[strangers[1]]
