"""The demo company's people: every day has one truth about each of them, and their pay is in the books."""

import itertools
from typing import Any

import polars as pl
import pytest

from pipelines.demo.calendar import Month
from pipelines.demo.finance import budget, opening, overhead
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.finance.overhead import LIFE, depreciation
from pipelines.demo.people import payroll, people
from pipelines.demo.people.organisation import OPEN, workforce
from pipelines.demo.scales import SCALES
from pipelines.demo.shapes import SHAPES
from pipelines.demo.world import World

MONTHS = 26
Row = dict[str, Any]


def found(scale: str, seed: int = 1) -> World:
    world = World(seed=seed, scale=SCALES[scale])
    people.found(world)
    return world


def with_books(months: int) -> World:
    world = found("tiny")
    for domain in (opening, overhead, budget):
        domain.found(world)
    for index in range(months):
        live_with_books(world, index)
    return world


def live_with_books(world: World, index: int) -> None:
    world.month = Month(index)
    for domain in (people, payroll, overhead, budget):
        domain.live(world)


@pytest.fixture(scope="module")
def lived() -> World:
    """A small company's people, three years of them: enough of every kind of change."""
    world = found("small", seed=3)
    for index in range(36):
        world.month = Month(index)
        people.live(world)
        payroll.live(world)
    return world


@pytest.fixture(scope="module")
def booked() -> World:
    return with_books(MONTHS)


def versions(world: World, table: str) -> pl.DataFrame:
    return pl.concat(world.emitted[table], how="vertical_relaxed")


def folded(world: World, table: str, until: int = OPEN) -> dict[tuple[Any, ...], Row]:
    """The rows of a table after its extracts up to a day, by key."""
    rows: dict[tuple[Any, ...], Row] = {}
    for row in (
        versions(world, table).filter(pl.col("_on") <= until).sort("_on", maintain_order=True).iter_rows(named=True)
    ):
        key = tuple(row[name] for name in SHAPES[table].key)
        assert (row["_op"] == "C") == (key not in rows), (table, row)
        rows[key] = row
    return rows


def periods(world: World, table: str, until: int = OPEN) -> dict[int, list[Row]]:
    by_person: dict[int, list[Row]] = {}
    for row in sorted(folded(world, table, until).values(), key=lambda row: row["BEGDA"]):
        by_person.setdefault(row["PERNR"], []).append(row)
    return by_person


@pytest.mark.parametrize("table", ["sap/PA0000", "sap/PA0001", "sap/PA0008"])
def test_periods_of_a_person_never_overlap_on_any_day_of_extracts(lived: World, table: str) -> None:
    days = versions(lived, table)["_on"].unique().sort().to_list()
    for day in [*days[::12], days[-1]]:
        for rows in periods(lived, table, day).values():
            assert all(row["BEGDA"] <= row["ENDDA"] for row in rows)
            assert all(before["ENDDA"] < after["BEGDA"] for before, after in itertools.pairwise(rows))


def test_actions_leave_no_day_without_a_status(lived: World) -> None:
    for rows in periods(lived, "sap/PA0000").values():
        assert rows[0]["MASSN"] == "01"
        assert rows[-1]["ENDDA"] == OPEN
        assert all(before["ENDDA"] + 1 == after["BEGDA"] for before, after in itertools.pairwise(rows))


def test_no_version_is_known_before_the_day_it_speaks_of(lived: World) -> None:
    for table in ("sap/PA0000", "sap/PA0001", "sap/PA0008"):
        new = versions(lived, table).filter(pl.col("_op") == "C")
        assert new.filter((pl.col("_on") != pl.col("BEGDA")) & (pl.col("_on") != Month(0).first)).is_empty()
        assert versions(lived, table).select(*SHAPES[table].key, "_on").is_duplicated().sum() == 0


def test_state_equals_the_folded_extracts(lived: World) -> None:
    status, places, pay = (periods(lived, f"sap/{table}") for table in ("PA0000", "PA0001", "PA0008"))
    users = {row["EmployeeNumber"]: row for row in folded(lived, "salesforce/User").values()}
    by_pernr = {row["pernr"]: row for row in lived.state["employee"].iter_rows(named=True)}
    assert set(status) == set(places) == set(pay) == set(by_pernr)
    for pernr, person in by_pernr.items():
        last = places[pernr][-1]
        assert (last["BUKRS"], last["WERKS"], last["KOSTL"]) == (
            str(person["company"]), str(person["site"]), person["cost_center"],
        )  # fmt: skip
        assert last["ENAME"] == f"{person['first_name']} {person['last_name']}"
        assert pay[pernr][-1]["ANSAL"] == person["salary"] * 12
        end = OPEN if person["until_day"] is None else person["until_day"]
        assert last["ENDDA"] == pay[pernr][-1]["ENDDA"] == end
        hired = [row["BEGDA"] for row in status[pernr] if row["MASSN"] in {"01", "12"}]
        assert hired[-1] == person["from_day"]
        assert (status[pernr][-1]["STAT2"] == "0") == (person["until_day"] is not None)
        user = users.get(str(pernr))
        assert (user and user["Id"]) == person["user_id"]
        if user:
            assert user["IsActive"] == (person["until_day"] is None)
            boss = None if person["manager"] is None else by_pernr[person["manager"]]["user_id"]
            assert user["ManagerId"] == boss or not user["IsActive"]


def test_every_kind_of_change_happens(lived: World) -> None:
    actions = versions(lived, "sap/PA0000").filter(pl.col("_op") == "C")["MASSN"].unique().to_list()
    assert {"01", "02", "05", "06", "10", "12"} <= set(actions)
    moved = [rows for rows in periods(lived, "sap/PA0001").values() if len({row["KOSTL"] for row in rows}) > 1]
    assert moved
    part_time = versions(lived, "sap/PA0008").filter(pl.col("BSGRD") < 10_000)
    assert not part_time.is_empty()
    leavers = versions(lived, "sap/PA0000").filter((pl.col("MASSN") == "10") & (pl.col("_op") == "C")).height
    assert 0.05 < leavers / 3 / workforce(SCALES["small"], Month(18)) < 0.14


def test_salaries_rise_every_january(lived: World) -> None:
    for rows in periods(lived, "sap/PA0008").values():
        for january in (Month(index).first for index in (2, 14, 26)):
            paid = [row["BEGDA"] for row in rows if row["BEGDA"] <= january <= row["ENDDA"]]
            assert not paid or paid[0] == january or paid[0] > january - 100
        assert all(
            after["ANSAL"] > before["ANSAL"]
            for before, after in itertools.pairwise(rows)
            if after["BSGRD"] == before["BSGRD"]
        )


def test_managers_and_roles_exist_on_every_day_that_a_user_points_at_them(lived: World) -> None:
    users = versions(lived, "salesforce/User")
    born = dict(users.filter(pl.col("_op") == "C").select("Id", "_on").iter_rows())
    roles = versions(lived, "salesforce/UserRole")
    role_born = dict(roles.select("Id", "_on").iter_rows())
    for user in users.iter_rows(named=True):
        assert user["ManagerId"] is None or born[user["ManagerId"]] <= user["_on"]
        assert user["ManagerId"] != user["Id"]
        assert role_born[user["UserRoleId"]] <= user["_on"]
    assert set(roles["ParentRoleId"].drop_nulls()) <= set(roles["Id"])
    assert roles["ParentRoleId"].null_count() == 1
    for index in (0, 11, 25, 35):
        now = {row["Id"]: row for row in folded(lived, "salesforce/User", Month(index).last).values()}
        active = [row for row in now.values() if row["IsActive"]]
        assert sum(row["ManagerId"] is None for row in active) == 1
        assert all(row["ManagerId"] is None or now[row["ManagerId"]]["IsActive"] for row in active)


def test_the_company_grows_to_its_scale(lived: World) -> None:
    there = lived.state["employee"].filter(pl.col("until_day").is_null()).height
    assert there == pytest.approx(SCALES["small"].employees, rel=0.06)
    reps = lived.state["employee"].filter(pl.col("until_day").is_null() & (pl.col("job") == "sales_rep"))
    assert set(reps["company"]) == set(COMPANY_CURRENCY)


def test_cost_centers_of_employees_are_known(lived: World) -> None:
    known = {row["KOSTL"] for row in folded(lived, "sap/CSKS").values()}
    assert set(lived.state["employee"]["cost_center"]) <= known


def wages_by_extracts(world: World, month: Month) -> dict[str, int]:
    """What PA0000, PA0001 and PA0008 alone say that each company pays in a month."""
    status, places = periods(world, "sap/PA0000"), periods(world, "sap/PA0001")
    paid: dict[str, int] = {}
    length = len(month.days)
    for pernr, rows in periods(world, "sap/PA0008").items():
        worked = [
            day
            for day in month.days.tolist()
            if any(row["BEGDA"] <= day <= row["ENDDA"] and row["STAT2"] == "3" for row in status[pernr])
        ]
        if worked:
            salary = next(row["ANSAL"] for row in rows if row["BEGDA"] <= worked[0] <= row["ENDDA"]) // 12
            company = next(row["BUKRS"] for row in places[pernr] if row["BEGDA"] <= worked[0] <= row["ENDDA"])
            paid[company] = paid.get(company, 0) + (2 * salary * len(worked) + length) // (2 * length)
    return paid


def test_payroll_documents_are_the_sum_of_salaries(booked: World) -> None:
    lines = versions(booked, "sap/ACDOCA").filter((pl.col("BLART") == "PY") & (pl.col("RACCT") == 600000))
    truth = pl.concat(booked.truth["headcount"])
    for index in range(MONTHS):
        month = Month(index)
        of_month = lines.filter(pl.col("BUDAT") == month.last)
        posted = dict(of_month.group_by("RBUKRS").agg(pl.col("HSL").sum()).iter_rows())
        recorded = truth.filter((pl.col("year") == month.year) & (pl.col("period") == month.number))
        paid = dict(recorded.group_by("company").agg(pl.col("payroll").sum()).iter_rows())
        assert {str(company): amount for company, amount in posted.items()} == wages_by_extracts(booked, month)
        assert {str(company): amount for company, amount in paid.items()} == wages_by_extracts(booked, month)


def test_long_leaves_are_not_paid(lived: World) -> None:
    truth = pl.concat(lived.truth["headcount"])
    returns = versions(lived, "sap/PA0000").filter((pl.col("_op") == "C") & (pl.col("MASSN") == "06"))["BEGDA"]
    months = [Month(index) for index in range(36) if Month(index).first in set(returns)]
    assert months
    for month in months:
        recorded = truth.filter((pl.col("year") == month.year) & (pl.col("period") == month.number))
        paid = dict(recorded.group_by("company").agg(pl.col("payroll").sum()).iter_rows())
        assert {str(company): amount for company, amount in paid.items()} == wages_by_extracts(lived, month)


def test_payroll_liabilities_are_paid_in_the_next_month(booked: World) -> None:
    lines = versions(booked, "sap/ACDOCA").filter((pl.col("BLART") == "PY") & (pl.col("RACCT") == 175500))
    for company in COMPANY_CURRENCY:
        mine = lines.filter(pl.col("RBUKRS").cast(pl.String) == str(company))
        for index in range(1, MONTHS):
            before, now = Month(index - 1), Month(index)
            owed = mine.filter(pl.col("BUDAT") == before.last)["HSL"].sum()
            paid = mine.filter(pl.col("BUDAT").is_between(now.first, now.last - 1))["HSL"].sum()
            assert paid == -owed
            assert paid > 0


def test_headcount_is_start_plus_joined_minus_left(booked: World) -> None:
    truth = pl.concat(booked.truth["headcount"])
    by_month = truth.group_by("company", "year", "period").agg(pl.col("heads", "joined", "left").sum())
    before: dict[int, int] = {}
    for row in by_month.sort("company", "year", "period").iter_rows(named=True):
        if row["company"] in before:
            assert row["heads"] == before[row["company"]] + row["joined"] - row["left"]
        before[row["company"]] = row["heads"]
    there = booked.state["employee"].filter(pl.col("until_day").is_null())
    assert sum(before.values()) == there.height
    assert truth["left"].sum() > 0


def test_same_seed_lives_the_same_life_from_any_checkpoint() -> None:
    whole = with_books(3)
    resumed = with_books(2)
    resumed.emitted.clear()
    resumed.state = {name: frame.clone() for name, frame in resumed.state.items()}
    live_with_books(resumed, 2)
    assert set(whole.state) == set(resumed.state)
    for name, frame in whole.state.items():
        assert frame.equals(resumed.state[name]), name
    for table, frames in resumed.emitted.items():
        later = pl.concat(frames, how="vertical_relaxed")
        assert versions(whole, table).tail(later.height).equals(later), table
    other = found("tiny", seed=2)
    assert not other.state["employee"].equals(found("tiny").state["employee"])


def test_budget_has_every_month_company_and_cost_before_the_month_begins(booked: World) -> None:
    budgeted = versions(booked, "sap/ZBUDGET")
    assert budgeted.select(SHAPES["sap/ZBUDGET"].key).is_duplicated().sum() == 0
    plan = budgeted.filter(pl.col("VERSN") == "000")
    spent = versions(booked, "sap/ACDOCA").filter(pl.col("RACCT") >= 500000)
    wanted = {
        (str(company), month.year, month.number, account)
        for company in COMPANY_CURRENCY
        for month in map(Month, range(MONTHS))
        for account in {*spent.filter(pl.col("RBUKRS").cast(pl.String) == str(company))["RACCT"], 800000, 801000}
    }
    assert wanted <= set(plan.select("BUKRS", "GJAHR", "MONAT", "RACCT").iter_rows())
    starts = pl.date("GJAHR", "MONAT", 1).to_physical()
    assert plan.filter((pl.col("_on") >= starts) & (pl.col("_on") > Month(0).first)).is_empty()
    forecast = budgeted.filter(pl.col("VERSN") == "001")
    assert set(forecast["MONAT"]) == {7, 8, 9, 10, 11, 12}
    assert plan.filter((pl.col("RACCT") == 800000) & (pl.col("HSL") >= 0)).is_empty()
    assert plan.filter((pl.col("RACCT").is_between(600000, 699999)) & (pl.col("KOSTL") == "")).is_empty()


def test_costs_carry_known_cost_centers_of_their_company(booked: World) -> None:
    lines = versions(booked, "sap/ACDOCA").filter(pl.col("RACCT").is_between(600000, 799999))
    owners = {row["KOSTL"]: row["BUKRS"] for row in folded(booked, "sap/CSKS").values()}
    pairs = lines.select("RBUKRS", "RCNTR").unique()
    assert all(owners[center] == str(company) for company, center in pairs.iter_rows())


def test_accruals_are_reversed_on_the_first_of_the_next_month(booked: World) -> None:
    heads = versions(booked, "sap/BKPF").filter(pl.col("XBLNR").str.starts_with("ACCRUAL"))
    lines = versions(booked, "sap/ACDOCA").filter(pl.col("RACCT") == 620000)
    documents = heads.select("BUKRS", "BELNR", "GJAHR", "XBLNR", "BUDAT")
    both = documents.join(lines, left_on=["BUKRS", "BELNR", "GJAHR"], right_on=["RBUKRS", "BELNR", "GJAHR"])
    pairs = both.group_by("BUKRS", "XBLNR", "RCNTR").agg(pl.col("HSL").sum(), pl.len(), pl.col("BUDAT").max())
    closed = pairs.filter(pl.col("len") == 2)
    assert closed.height > 0
    assert closed["HSL"].abs().sum() == 0
    assert set(closed["BUDAT"]) <= {Month(index).first for index in range(MONTHS)}
    assert set(pairs.filter(pl.col("len") == 1)["BUDAT"]) == {Month(MONTHS - 1).last}


def test_the_bank_never_runs_dry(booked: World) -> None:
    bank = booked.state["balance"].filter(pl.col("account") == 113100).sort("company", "year", "period")
    held = bank.with_columns(held=(pl.col("debit") - pl.col("credit")).cum_sum().over("company"))
    assert held.filter(pl.col("held") < 0).is_empty()


def test_input_tax_is_settled_in_the_month_after(booked: World) -> None:
    left = (
        booked.state["balance"]
        .filter((pl.col("account") == 154000) & (pl.col("company") == 1000))
        .sort("year", "period")
    )
    assert left["debit"][:-1].to_list() == left["credit"][1:].to_list()


def test_machinery_loses_exactly_its_cost() -> None:
    machine = pl.DataFrame({"company": [1000], "cost_center": ["x"], "bought": [3], "cost": [1_000_007]})
    amounts = [depreciation(machine, Month(index))["amount"][0] for index in range(LIFE + 10)]
    assert sum(amounts) == 1_000_007
    assert amounts[:3] == [0, 0, 0]
    assert max(amounts[3 : LIFE + 3]) - min(amounts[3 : LIFE + 3]) <= 1


def test_invoices_posted_twice_fit_into_every_month_and_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overhead, "POSTED_TWICE_SHARE", 1.0)
    world = with_books(5)  # to March: February is the shortest month
    twice = pl.concat(world.truth["double_posting"])
    assert twice.height > 5 * 3
    assert (twice["posted"] <= twice["posted_again"]).all()
    documents = versions(world, "sap/BKPF").filter(pl.col("XBLNR").is_in(twice["reference"].unique().implode()))
    copies = documents.group_by("BUKRS", "XBLNR").len().filter(pl.col("len") == 2)
    assert copies.height == twice.height
