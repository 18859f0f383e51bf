"""Marts of service, marketing and people against the simulator's truth and the extracts, and what they promise on messy data."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pytest

from pipelines.demo.crm.service import SLA_HOURS, office_seconds
from pipelines.settings import Settings
from tests.questions import rows_of

Row = dict[str, str]
SMALLEST_GROUP = 5
POSITION_ENDS = Fraction(2, 5)
HALF_LIFE_DAYS = 30
RESPONSE_MINUTES = {"Low": 480, "Medium": 240, "High": 120, "Critical": 60}
AS_OF = date(2026, 10, 31)


@pytest.fixture(params=["clean_company", "messy_company"])
def company(request: pytest.FixtureRequest) -> Settings:
    settings: Settings = request.getfixturevalue(request.param)
    return settings


def _said(settings: Settings, table: str, query: str) -> list[Any]:
    files = settings.home.root / "demo" / "truth" / table / "*.parquet"
    return duckdb.connect().execute(query, [str(files)]).fetchall()


def _extracted(settings: Settings, table: str) -> Iterator[Row]:
    for path in sorted((settings.home.root / "demo" / "extracts" / "salesforce" / table).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            yield from (row for row in csv.DictReader(handle) if row["IsDeleted"] == "false")


def _second(text: str) -> int:
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp())


def _office(second: int) -> int:
    """Seconds of the service desk's hours up to an instant, as the simulator reckons them."""
    return int(office_seconds(np.array([second]))[0])


def _history(settings: Settings) -> dict[str, list[Row]]:
    of_case = defaultdict(list)
    for row in _extracted(settings, "CaseHistory"):
        of_case[row["CaseId"]].append(row)
    return {case: sorted(rows, key=lambda row: (row["CreatedDate"], row["Id"])) for case, rows in of_case.items()}


def test_cases_take_the_business_minutes_of_the_service_desk(clean_company: Settings) -> None:
    """First answer, time to solve without waiting, and promise, replayed from the extracts by the simulator's own clock."""
    history, expected = _history(clean_company), set()
    for case in _extracted(clean_company, "Case"):
        opened = _second(case["CreatedDate"])
        changes = history[case["Id"]]
        raised = [row["OldValue"] for row in changes if row["Field"] == "Priority"]
        priority = (raised or [case["Priority"]])[0]
        status, since = "New", opened
        spent: dict[str, int] = defaultdict(int)
        for change in (row for row in changes if row["Field"] == "Status"):
            spent[status] += _office(_second(change["CreatedDate"])) - _office(since)
            status, since = change["NewValue"], _second(change["CreatedDate"])
        assert case["IsClosed"] == "true"
        working = sum(seconds for status, seconds in spent.items() if status not in ("Closed", "Waiting on Customer"))
        response = _office(_second(case["First_Response_At__c"])) - _office(opened)
        target = int(SLA_HOURS[("Low", "Medium", "High", "Critical").index(priority)] * 3600)
        expected.add((
            case["Id"], priority, response // 60, working // 60, spent["Waiting on Customer"] // 60, target // 60,
            "met" if response <= RESPONSE_MINUTES[priority] * 60 else "breached", "met" if working <= target else "breached",
        ))  # fmt: skip
    found = rows_of(
        clean_company,
        "select source_id, opening_priority, first_response_minutes, resolution_minutes, waiting_minutes, "
        "resolution_target_minutes, response_state, resolution_state from service.case_sla",
    )
    assert set(found) == expected
    assert {row[7] for row in found} == {row[6] for row in found} == {"met", "breached"}
    assert any(row[4] > 0 for row in found)


def test_the_backlog_is_what_the_history_leaves_open_each_evening(clean_company: Settings) -> None:
    """Every day by priority from the changes of status in the extracts."""
    history = _history(clean_company)
    expected: dict[tuple[date, str], int] = defaultdict(int)
    reopened = 0
    for case in _extracted(clean_company, "Case"):
        steps = [(_second(case["CreatedDate"]), True)]
        steps += [
            (_second(row["CreatedDate"]), row["NewValue"] != "Closed")
            for row in history[case["Id"]]
            if row["Field"] == "Status"
        ]
        reopened += sum(not before and after for (_, before), (_, after) in pairwise(steps))
        state = {datetime.fromtimestamp(second, UTC).date(): is_open for second, is_open in steps}
        day, is_open = min(state), True
        while day <= AS_OF:
            is_open = state.get(day, is_open)
            expected[day, case["Priority"]] += is_open
            day += timedelta(days=1)
    found = rows_of(
        clean_company, "select backlog_date, priority, closing_backlog, reopened_cases from service.case_backlog_day"
    )
    assert {(day, priority): count for day, priority, count, _ in found if count} == {
        key: count for key, count in expected.items() if count
    }
    assert sum(row[3] for row in found) == reopened > 0
    assert rows_of(clean_company, "select sum(reopened_cases) from service.case_reopen_month") == [(reopened,)]


def test_service_adds_up_whatever_the_crm_delivers(company: Settings) -> None:
    assert rows_of(company, "select count(*) from service.case_sla") == rows_of(
        company, "select count(*) from core.fct_case"
    )
    assert rows_of(
        company,
        "select sum(closing_backlog) = (select count(*) from core.fct_case where not is_closed) "
        "from service.case_backlog_day where backlog_date = (select max(backlog_date) from service.case_backlog_day)",
    ) == [(True,)]
    broken_chain = """
        select * from (
            select
                opening_backlog,
                lag(closing_backlog, 1, 0) over (partition by priority order by backlog_date) as before
            from service.case_backlog_day
        ) where opening_backlog <> before
    """
    assert not rows_of(company, broken_chain)
    assert rows_of(company, "select sum(cases) from service.cost_to_serve") == rows_of(
        company, "select count(*) from core.fct_case"
    )
    assert rows_of(company, "select sum(judged_cases) from service.satisfaction_month") == rows_of(
        company, "select count(*) from core.fct_case where is_closed and satisfaction_score is not null"
    )


def test_won_deals_are_those_of_the_company(clean_company: Settings) -> None:
    found = rows_of(clean_company, "select source_id, won_date from marketing.won_deal order by 1")
    last_day = (AS_OF - date(1970, 1, 1)).days
    truth = "select opportunity_id, date '1970-01-01' + closed from read_parquet(?) where won and closed <= "
    assert found == _said(clean_company, "pipeline", f"{truth} {last_day} order by 1")
    assert len(found) > 50


def test_leads_and_campaigns_are_those_of_the_crm(clean_company: Settings) -> None:
    cohorts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for lead in _extracted(clean_company, "Lead"):
        cohort = cohorts[lead["CreatedDate"][:7] + "-01", lead["LeadSource"]]
        cohort[0] += 1
        cohort[1] += lead["IsConverted"] == "true"
        cohort[2] += lead["Status"] != "Open - Not Contacted"
    found = rows_of(
        clean_company,
        "select created_month, lead_source, leads, converted_leads, contacted_leads from marketing.funnel_month",
    )
    assert {(str(month), source): list(counts) for month, source, *counts in found if counts[0]} == cohorts
    months = {month for month, *_ in found}
    assert len(found) == len(months) * len({source for _, source in cohorts})
    assert max(months) == AS_OF.replace(day=1)
    assert any(row[2] == 0 for row in found)

    cost = {
        row["Id"]: Decimal(row["ActualCost"])
        for row in _extracted(clean_company, "Campaign")
        if row["CurrencyIsoCode"] == "EUR"
    }
    members: dict[str, int] = defaultdict(int)
    for row in _extracted(clean_company, "CampaignMember"):
        members[row["CampaignId"]] += 1
    campaigns = rows_of(
        clean_company,
        "select source_id, roi.actual_cost_group, members, roi_rate from marketing.campaign_roi as roi "
        "inner join core.dim_campaign using (campaign_key) where campaign_key <> -1",
    )
    assert {source_id: amount for source_id, amount, *_ in campaigns if source_id in cost} == cost
    assert {source_id: count for source_id, _, count, _ in campaigns if count} == members
    assert all((roi is None) == (not amount) for _, amount, _, roi in campaigns)


def _share(model: str, number: int, ages: list[int]) -> Fraction | float:
    """What the touch with this number (from 0) has of a deal whose touches are so many days old at the win."""
    touches = len(ages)
    if model == "first_touch":
        return Fraction(number == 0)
    if model == "last_touch":
        return Fraction(number == touches - 1)
    if model == "linear" or (model == "position_based" and touches <= 2):
        return Fraction(1, touches)
    if model == "position_based":
        return POSITION_ENDS if number in (0, touches - 1) else (1 - 2 * POSITION_ENDS) / (touches - 2)
    freshness = [0.5 ** (age / HALF_LIFE_DAYS) for age in ages]
    return freshness[number] / sum(freshness)


def test_every_way_of_sharing_gives_away_exactly_what_was_won(company: Settings) -> None:
    touches: dict[tuple[int, str], list[Any]] = defaultdict(list)
    query = """
        select opportunity_key, attribution_model, touch_number, campaign_key, touch_date, won_date, weight,
            attributed_amount_group, attributed_margin_group
        from marketing.attribution order by opportunity_key, attribution_model, touch_number
    """
    for deal, model, *rest in rows_of(company, query):
        touches[deal, model].append(rest)
    won = {
        deal: (amount, margin)
        for deal, amount, margin in rows_of(
            company, "select opportunity_key, amount_group, margin_group from marketing.won_deal"
        )
    }
    assert {deal for deal, _ in touches} == set(won)
    assert len(touches) == 5 * len(won)
    for (deal, model), rows in touches.items():
        amount, margin = won[deal]
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        assert sum(row[4] for row in rows) == 1
        assert sum(row[5] for row in rows) == amount
        assert margin is None or sum(row[6] for row in rows) == margin
        ages = [(row[3] - row[2]).days if row[2] else 0 for row in rows]
        for number, row in enumerate(rows):
            share = float(_share(model, number, ages))
            assert abs(float(row[4]) - share) < 1.01e-6
            assert abs(float(row[5]) - float(amount) * share) < 0.0101
    monthly = """
        select won_month, attribution_model, sum(attributed_amount_group) from marketing.attribution_month
        group by all order by all
    """
    whole = """
        select won_month, attribution_model, sum(amount_group) from marketing.won_deal, reference.attribution_models
        group by all order by all
    """
    assert rows_of(company, monthly) == rows_of(company, whole)
    assert rows_of(company, "select sum(won_amount_group) from marketing.campaign_roi") == rows_of(
        company, "select sum(amount_group) from marketing.won_deal"
    )


def test_headcount_is_the_truth_and_carries_over(clean_company: Settings) -> None:
    truth = """
        select make_date(year, period, 1), cast(company as varchar), ltrim(cost_center, '0'), heads, fte / 100, joined, "left"
        from read_parquet(?) where make_date(year, period, 1) <= date '2026-10-01' order by all
    """
    found = rows_of(
        clean_company,
        "select employment_month, company_code, cost_center_code, closing_heads, cast(closing_fte as double), joins, leaves "
        "from people.headcount_month where employment_month >= date '2023-11-01' order by all",
    )
    said = _said(clean_company, "headcount", truth)
    # A cost centre that somebody left on the last day of the month before, and where nobody else is, is in the mart only.
    assert {row for row in found if any(row[3:])} == {row for row in said if any(row[3:])}
    assert sum(row[5] for row in found) > 0
    assert sum(row[6] for row in found) > 0


def test_heads_at_the_start_are_those_at_the_end_of_the_month_before(company: Settings) -> None:
    chain = """
        with place as (
            select
                employment_month, company_key, cost_center_code, opening_heads, closing_heads,
                lag(closing_heads) over place as before,
                lag(employment_month) over place as month_before
            from people.headcount_month
            window place as (partition by company_key, cost_center_code order by employment_month)
        )
        select * from place
        where
            employment_month > (select min(employment_month) from place)
            and opening_heads
            <> case when month_before = employment_month - interval 1 month then before else coalesce(before, 0) end
    """
    assert not rows_of(company, chain)
    assert rows_of(
        company, "select employment_month, sum(moves_in) from people.headcount_month group by all order by all"
    ) == rows_of(
        company, "select employment_month, sum(moves_out) from people.headcount_month group by all order by all"
    )
    assert rows_of(company, "select sum(closing_heads), sum(closing_fte) from people.headcount_month") == rows_of(
        company, "select sum(headcount), sum(fte) from core.fct_employment_month"
    )


def test_pay_that_is_shown_is_the_truth(clean_company: Settings) -> None:
    truth = """
        select make_date(year, period, 1), cast(company as varchar), {center}, cast(sum(payroll) / 100 as decimal(18, 2))
        from read_parquet(?) where make_date(year, period, 1) <= date '2026-10-01' and payroll <> 0 group by all
    """
    for mart, center, column in (
        ("payroll_cost_month", "ltrim(cost_center, '0')", "cost_center_code"),
        ("payroll_company_month", "''", "''"),
    ):
        said = {row[:3]: row[3] for row in _said(clean_company, "headcount", truth.format(center=center))}
        found = rows_of(
            clean_company,
            f"select payroll_month, company_code, {column}, gross_pay_company, is_suppressed from people.{mart} "
            "where company_code is not null and payroll_month >= date '2023-11-01'",
        )
        assert {row[:3] for row in found} == set(said)
        assert all(row[3] == (None if row[4] else said[row[:3]]) for row in found)
        assert {row[4] for row in found} == {True, False}


def test_nobody_can_reckon_the_pay_of_a_small_group(company: Settings) -> None:
    """Of each month: no sum of pay that follows from all that is shown is that of fewer people than may be told."""
    centers, totals = defaultdict(list), defaultdict(dict)
    for month, *rest in rows_of(
        company, "select payroll_month, company_key, paid_people, gross_pay_group from people.payroll_cost_month"
    ):
        centers[month].append(rest)
    for month, key, pay in rows_of(
        company, "select payroll_month, company_key, gross_pay_group from people.payroll_company_month"
    ):
        totals[month][key] = pay
    assert centers
    for month, cells in centers.items():
        known = [
            [float(place == other) for other in range(len(cells))]
            for place, cell in enumerate(cells)
            if cell[2] is not None
        ]
        known += [
            [float(key is None or cell[0] == key) for cell in cells]
            for key, pay in totals[month].items()
            if pay is not None
        ]
        rank = np.linalg.matrix_rank(np.array(known)) if known else 0
        secrets = [[float(place == other) for other in range(len(cells))] for place in range(len(cells))]
        secrets += [[float(cell[0] == key) for cell in cells] for key in {cell[0] for cell in cells}]
        for secret in secrets:
            people = sum(cell[1] for cell, is_in in zip(cells, secret, strict=True) if is_in)
            if people < SMALLEST_GROUP:
                assert np.linalg.matrix_rank(np.array([*known, secret])) > rank, f"pay of {people} people in {month}"


def test_no_person_is_named_in_what_people_operations_show(clean_company: Settings) -> None:
    columns = rows_of(clean_company, "select column_name from duckdb_columns() where schema_name = 'people'")
    assert columns
    assert not [
        name
        for (name,) in columns
        if "employee" in name or name in ("customer_name", "user_name", "responsible_person")
    ]
