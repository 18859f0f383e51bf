"""The customers of the simulated company and what its two systems know of them."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from pipelines.demo.calendar import HISTORY_END, Month, day_number
from pipelines.demo.crm.crm_ids import BASE32, salesforce_ids
from pipelines.demo.customers import customers
from pipelines.demo.mess.identity import RATES
from pipelines.demo.scales import SCALES, Scale
from pipelines.demo.shapes import SHAPES
from pipelines.demo.world import World

END = day_number(HISTORY_END)
MIDDLE = Scale("test", order_lines=0, customers=1_200, products=0, employees=0, suppliers=0)


def _staff() -> pl.DataFrame:
    """Sales representatives, of whom some leave in the course of the history."""
    count, start = 24, Month(0).first
    return pl.DataFrame(
        {
            "pernr": range(1, count + 1),
            "company": [1000, 1000, 2000, 3000] * 6,
            "job": ["sales_rep"] * count,
            "from_day": [start - 1000] * count,
            "until_day": [start + 40 * each + 20 if each % 5 == 0 else None for each in range(count)],
            "user_id": salesforce_ids("005", np.arange(count)),
        },
        schema_overrides={"company": pl.Int32, "from_day": pl.Int32, "until_day": pl.Int32},
    )


def lived(scale: Scale, months: int, *, seed: int = 1, mess: float = 1.0) -> World:
    world = World(seed=seed, scale=scale, mess=mess)
    world.state["employee"] = _staff()
    customers.found(world)
    for month in range(months):
        world.month = Month(month)
        customers.live(world)
    return world


@cache
def a_history() -> World:
    return lived(MIDDLE, 37)


def rendered(world: World, table: str) -> pl.DataFrame:
    versions = pl.concat(world.emitted[table])
    return pl.concat([SHAPES[table].render(versions), versions.select("_on", "_op")], how="horizontal").sort(
        "_on", maintain_order=True
    )


def both_sides(world: World) -> pl.DataFrame:
    """For each party its first account and its first number, as they were entered."""
    identity = (
        pl.concat(world.truth["identity"]).filter(pl.col("role") == "principal").select("source_id", "party", "kind")
    )
    crm = (
        rendered(world, "salesforce/Account")
        .filter(pl.col("_op") == "C")
        .join(identity, left_on="Id", right_on="source_id")
    )
    erp = rendered(world, "sap/KNA1").filter(pl.col("_op") == "C").join(identity, left_on="KUNNR", right_on="source_id")
    return crm.join(erp, on="party")


def test_ids_are_unique_and_carry_correct_check_characters() -> None:
    ids = salesforce_ids("001", np.arange(5_000))
    assert ids.n_unique() == len(ids)
    assert ids.str.len_chars().unique().to_list() == [18]
    assert ids.str.starts_with("001").all()
    for each in ids[:200]:
        capitals = [[letter.isupper() for letter in each[at : at + 5]] for at in (0, 5, 10)]
        assert each[15:] == "".join(BASE32[sum(bit << place for place, bit in enumerate(five))] for five in capitals)
    assert salesforce_ids("001", np.arange(0)).to_list() == []


def test_the_company_has_the_promised_number_of_customers() -> None:
    parties = a_history().state["party"]
    assert parties.filter(pl.col("customer_from") <= END).height == pytest.approx(MIDDLE.customers, rel=0.03)
    assert parties["customer_from"].is_null().mean() == pytest.approx(0.12, abs=0.02)
    assert (parties["kind"] == "person").mean() == pytest.approx(0.06, abs=0.015)
    born = parties.filter(pl.coalesce("lead_day", "account_day") >= Month(0).first)
    assert born["lead_day"].is_not_null().mean() == pytest.approx(0.5, abs=0.08)
    assert parties["weight"].top_k(parties.height // 10).sum() > 0.4 * parties["weight"].sum()


def test_even_the_smallest_company_sells_in_four_currencies() -> None:
    world = lived(SCALES["tiny"], 0)
    assert set(world.state["party"]["currency"]) == {"EUR", "USD", "GBP", "JPY"}


def test_every_customer_has_a_sold_to_from_its_first_day() -> None:
    world = a_history()
    numbers = world.state["customer_number"]
    assert numbers["kunnr"].n_unique() == numbers.height
    assert numbers["kunnr"].min() == 100_001
    customers = world.state["party"].filter(pl.col("customer_from") <= world.month.last)
    first = numbers.filter(pl.col("role") == "sold_to").group_by("party").agg(pl.col("from_day").min())
    found = customers.join(first, on="party", how="left")
    assert (found["from_day"] <= found["customer_from"]).fill_null(value=False).all()
    assert numbers.filter(pl.col("role") == "sold_to")["sold_to"].equals(
        numbers.filter(pl.col("role") == "sold_to")["kunnr"]
    )
    shares = numbers.filter(pl.col("role") == "sold_to").group_by("party").agg(pl.col("share").sum())
    assert shares["share"].to_list() == pytest.approx([1.0] * shares.height)
    open_sites = numbers.filter((pl.col("role") == "ship_to") & pl.col("until_day").is_null())
    assert open_sites.group_by("sold_to").agg(pl.col("share").sum())["share"].max() <= 1.0
    assert set(open_sites["sold_to"]) <= set(numbers.filter(pl.col("role") == "sold_to")["kunnr"])


def test_two_runs_are_equal_and_another_seed_is_another_company() -> None:
    one, again, other = (lived(SCALES["tiny"], 4, seed=seed) for seed in (1, 1, 2))
    for name, state in one.state.items():
        assert state.equals(again.state[name]), name
    for table in one.emitted:
        assert rendered(one, table).equals(rendered(again, table)), table
    assert not one.state["party"].equals(other.state["party"])


def test_what_happens_does_not_depend_on_how_far_one_lives() -> None:
    short, long = lived(SCALES["tiny"], 3), lived(SCALES["tiny"], 6)
    until = Month(2).last
    for table in short.emitted:
        early = rendered(long, table).filter(pl.col("_on") <= until)
        assert rendered(short, table).filter(pl.col("_on") <= until).equals(early), table


def test_no_key_is_shared_between_crm_and_erp() -> None:
    world = a_history()
    account = rendered(world, "salesforce/Account")
    kna1 = rendered(world, "sap/KNA1")
    numbers = set(kna1["KUNNR"]) | {number.lstrip("0") for number in kna1["KUNNR"]}
    ids = set(account["Id"]) | {each[:15] for each in account["Id"]}
    for column in account.columns:
        assert column.startswith("_") or not numbers & set(account[column].cast(pl.String)), column
    for column in kna1.columns:
        assert column.startswith("_") or not ids & set(kna1[column].cast(pl.String)), column


def test_accounts_have_owners_who_are_employed() -> None:
    world = a_history()
    owners = world.state["account"].filter(pl.col("gone_day").is_null()).select("owner_id").unique()
    found = owners.join(world.state["employee"], left_on="owner_id", right_on="user_id", how="left")
    assert found["pernr"].is_not_null().all()
    assert (found["until_day"].fill_null(2**31 - 1) >= world.month.last).all()


def test_versions_of_a_record_follow_its_birth_and_differ() -> None:
    world = a_history()
    for table in ("salesforce/Account", "salesforce/Contact", "sap/KNA1", "sap/KNB1", "sap/ADRC"):
        key = SHAPES[table].key
        rows = rendered(world, table)
        births = rows.filter(pl.col("_op") == "C")
        assert births.select(key).is_duplicated().sum() == 0, table
        assert rows.select(*key, "_on").is_duplicated().sum() == 0, table
        changes = rows.filter(pl.col("_op") != "C").join(births.select(*key, born="_on"), on=key, how="left")
        assert (changes["_on"] > changes["born"]).fill_null(value=False).all(), table
        assert changes.height, table


def test_merged_accounts_name_their_winner_and_hand_over_their_contacts() -> None:
    world = a_history()
    account = rendered(world, "salesforce/Account")
    latest = account.unique("Id", keep="last", maintain_order=True)
    losers = latest.filter(pl.col("MasterRecordId").is_not_null())
    assert losers.height
    assert (losers["IsDeleted"] == "true").all()
    assert set(losers["MasterRecordId"]) <= set(latest["Id"])
    parties = world.state["account"].select(pl.col("account_id"), "party")
    pairs = losers.join(parties, left_on="Id", right_on="account_id").join(
        parties, left_on="MasterRecordId", right_on="account_id", suffix="_winner"
    )
    assert pairs["party"].equals(pairs["party_winner"])
    there = world.state["contact"].filter(pl.col("gone_day").is_null())
    assert not set(there["account_id"]) & set(losers["Id"])


def test_contacts_belong_to_companies_and_write_from_their_domain() -> None:
    world = a_history()
    contact = world.state["contact"].join(world.state["party_profile"], on="party", suffix="_of")
    assert (contact["kind"] == "company").all()
    companies = world.state["account"].join(
        world.state["party"].filter(pl.col("kind") == "company"), on="party", how="semi"
    )
    assert 1.5 <= contact.height / companies.height <= 2.5
    written = contact.filter(pl.col("email").is_not_null())
    assert written.select(pl.col("email").str.ends_with(pl.col("domain")))["email"].all()


def test_both_systems_know_the_same_party_otherwise() -> None:
    pairs = both_sides(a_history())
    companies = pairs.filter(pl.col("kind") == "company")
    assert companies["VAT_Number__c"].is_not_null().mean() == pytest.approx(0.55, abs=0.06)
    assert companies["STCEG"].is_not_null().mean() == pytest.approx(0.85, abs=0.05)
    assert 0.3 < (companies["Name"] != companies["NAME1"]).mean() < 0.75
    assert companies["Phone"].is_null().mean() == pytest.approx(RATES["salesforce"]["phone"]["missing"], abs=0.04)
    assert pairs.select(pl.max_horizontal(pl.col("NAME1", "NAME2").str.len_chars().max()))["NAME1"][0] <= 35
    both = companies.filter(pl.col("VAT_Number__c").is_not_null() & pl.col("STCEG").is_not_null())
    assert 0.6 < (both["VAT_Number__c"] == both["STCEG"]).mean() < 0.9


def test_without_mess_both_systems_agree() -> None:
    pairs = both_sides(lived(SCALES["tiny"], 1, mess=0.0))
    companies = pairs.filter(pl.col("kind") == "company")
    whole = companies.select(pl.concat_str("NAME1", "NAME2", separator=" ", ignore_nulls=True))["NAME1"]
    assert companies["Name"].equals(whole, check_names=False)
    for crm, erp in (("BillingCity", "ORT01"), ("BillingPostalCode", "PSTLZ"), ("VAT_Number__c", "STCEG")):
        assert companies[crm].equals(companies[erp], check_names=False), crm


def test_mess_is_in_the_truth_as_it_is_in_the_extract() -> None:
    world = a_history()
    mess = pl.concat(world.truth["identity_mess"])
    typos = mess.filter((pl.col("system") == "salesforce") & (pl.col("field") == "vat") & (pl.col("kind") == "typo"))
    extract = rendered(world, "salesforce/Account").filter(pl.col("_op") == "C").select("Id", "VAT_Number__c")
    found = typos.join(extract, left_on="source_id", right_on="Id")
    assert found.height
    assert found["written_value"].equals(found["VAT_Number__c"], null_equal=True, check_names=False)
    assert mess.filter(pl.col("true_value").eq_missing(pl.col("written_value"))).height == 0


def test_lookalikes_are_other_parties() -> None:
    world = a_history()
    twins = pl.concat(world.truth["lookalike"])
    assert (twins["party"] != twins["other_party"]).all()
    assert set(twins["kind"]) == {"same_name_other_city", "subsidiary", "business_park", "same_person_name", "relative"}
    profile = world.state["party_profile"]
    pairs = twins.join(profile, on="party").join(profile, left_on="other_party", right_on="party", suffix="_other")
    same_name = pairs.filter(pl.col("kind") == "same_name_other_city")
    assert (same_name["stem"] == same_name["stem_other"]).all()
    parents = rendered(world, "salesforce/Account").filter(pl.col("ParentId").is_not_null())
    assert parents.height
    assert set(parents["ParentId"]) <= set(rendered(world, "salesforce/Account")["Id"])
