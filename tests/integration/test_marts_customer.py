"""The customer marts against the simulator's truth and the extracts: to the cent without mess, explained with it."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean, variance
from typing import Any

import duckdb
import pytest

from pipelines.settings import Settings
from tests.questions import rows_of

AS_OF = date(2026, 10, 31)
_DAY_ZERO = date(1970, 1, 1)
_TODAY = (AS_OF - _DAY_ZERO).days


def _truth(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """Ask the truth: its tables are views."""
    with duckdb.connect() as connection:
        for folder in (settings.home.root / "demo" / "truth").iterdir():
            if folder.is_dir():
                connection.execute(f"create view {folder.name} as from read_parquet('{folder}/*.parquet')")
        return connection.execute(query).fetchall()


def _extracted(settings: Settings, system: str, tables: str, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        for table in tables.split():
            files = settings.home.root / "demo" / "extracts" / system / table / "*.csv"
            connection.execute(f"create view \"{table}\" as from read_csv('{files}', all_varchar = true)")
        return connection.execute(query).fetchall()


def _parties(settings: Settings) -> dict[str, int]:
    """The party behind each record of a system, by the record's key (those of the two systems differ)."""
    return dict(_truth(settings, "select source_id, party from identity"))


def _customers(settings: Settings) -> dict[int, int]:
    """The golden customer of each party that has a record."""
    keys = dict(rows_of(settings, "select source_id, customer_key from conformed.customer_key"))
    return {party: keys[record] for record, party in _parties(settings).items() if record in keys}


def _by_customer(settings: Settings, rows: list[tuple[str, Any]]) -> Iterator[tuple[int, Any]]:
    """Rows that begin with the key of a record, which becomes the golden customer behind it."""
    parties, customers = _parties(settings), _customers(settings)
    return ((customers[parties[record]], value) for record, value in rows)


def _order_days(settings: Settings) -> dict[int, list[date]]:
    """The days of the living orders of each customer, by the extracts of the ERP."""
    said = _extracted(
        settings,
        "sap",
        "VBAK VBAP",
        """
        select VBAK.KUNNR, strptime(VBAK.AUDAT, '%Y%m%d')::date from VBAK
        where VBAK.VBTYP = 'C' and VBELN in (select VBELN from VBAP where coalesce(ABGRU, '') = '')
        """,
    )
    days = defaultdict(list)
    for customer, day in _by_customer(settings, said):
        days[customer].append(day)
    return days


def test_every_party_is_one_customer_with_its_orders(clean_company: Settings) -> None:
    days = _order_days(clean_company)
    said = rows_of(
        clean_company,
        "select customer_key, orders, first_order_date, last_order_date from customer.customer_360 where customer_key <> -1",
    )
    assert {row[0] for row in said} == set(_customers(clean_company).values())
    expected = {key: (len(of_one), min(of_one), max(of_one)) for key, of_one in days.items()}
    assert {key: (orders, first, last) for key, orders, first, last in said if orders} == expected
    assert any(orders == 0 for _, orders, _, _ in said)


def test_revenue_is_the_value_of_all_orders(clean_company: Settings) -> None:
    [(revenue, lines)] = rows_of(
        clean_company, "select sum(revenue_group), sum(order_lines) from customer.customer_360"
    )
    [(true_revenue, true_lines)] = _truth(clean_company, "select sum(net_amount_group), sum(lines) from order_truth")
    assert lines == true_lines
    assert abs(revenue - Decimal(true_revenue) / 100) <= Decimal("0.01") * lines


def test_receivables_are_the_open_items_of_the_books(clean_company: Settings) -> None:
    open_items = _truth(
        clean_company,
        """
        select lpad(partner::varchar, 10, '0'), sum("group") from open_item_balance
        where ledger = 'customer' and year = 2026 and period = 10 group by all
        """,
    )
    expected: Counter[int] = Counter()
    for customer, cents in _by_customer(clean_company, open_items):
        expected[customer] += cents
    said = rows_of(
        clean_company, "select customer_key, receivables_group, open_items from customer.customer_receivables"
    )
    assert len(expected) > 10
    for customer, amount, items in said:
        assert abs(amount * 100 - expected.pop(customer, 0)) <= items + 1, customer
    assert not any(expected.values())


def test_overdue_is_what_its_due_date_has_passed(clean_company: Settings) -> None:
    waiting = _extracted(
        clean_company,
        "sap",
        "BSID",
        """
        select KUNNR, strptime(ZFBDT, '%Y%m%d')::date + coalesce(ZBD1T, '0')::integer from BSID
        where SHKZG = 'S' and ODQ_CHANGEMODE <> 'D'
        """,
    )
    worst: Counter[int] = Counter()
    for customer, due in _by_customer(clean_company, waiting):
        worst[customer] = max(worst[customer], (AS_OF - due).days)
    said = dict(
        rows_of(
            clean_company, "select customer_key, coalesce(worst_overdue_days, 0) from customer.customer_receivables"
        )
    )
    assert {key: days for key, days in said.items() if days} == {key: days for key, days in worst.items() if days > 0}
    assert any(said.values())


def test_customers_pay_as_late_as_they_do(clean_company: Settings) -> None:
    paid = _truth(
        clean_company,
        f"""
        select lpad(kunnr::varchar, 10, '0'), delay_days from payment_behaviour
        where kind not in ('credit', 'written_off') and pay_day <= {_TODAY}
        """,
    )
    delays = defaultdict(list)
    for customer, delay in _by_customer(clean_company, paid):
        delays[customer].append(delay)
    said = rows_of(
        clean_company,
        "select customer_key, paid_invoices, average_days_late from customer.customer_receivables where paid_invoices > 0",
    )
    assert {key: invoices for key, invoices, _ in said} == {key: len(days) for key, days in delays.items()}
    for customer, _, late in said:
        assert late == pytest.approx(fmean(delays[customer]))


def test_deals_and_cases_are_those_of_the_crm(clean_company: Settings) -> None:
    deals = dict(
        _truth(
            clean_company,
            f"""
            select party, count(*) filter (closed is null or closed > {_TODAY}) from pipeline
            where created <= {_TODAY} group by all
            """,
        )
    )
    customers = _customers(clean_company)
    said = dict(rows_of(clean_company, "select customer_key, open_opportunities from customer.customer_360"))
    assert {customers[party]: count for party, count in deals.items() if count} == {k: n for k, n in said.items() if n}

    cases = _extracted(
        clean_company, "salesforce", "Case", "select AccountId, IsClosed from \"Case\" where IsDeleted <> 'true'"
    )
    counted = Counter(customer for customer, _ in _by_customer(clean_company, cases))
    still_open = Counter(customer for customer, closed in _by_customer(clean_company, cases) if closed == "false")
    answer = rows_of(clean_company, "select customer_key, cases, open_cases from customer.customer_360 where cases > 0")
    assert {key: number for key, number, _ in answer} == counted
    assert {key: number for key, _, number in answer if number} == still_open


def test_the_probability_to_be_alive_follows_from_the_days_of_orders(clean_company: Settings) -> None:
    """The formula, once more from the extracts: MBG/NBD with moments and a counted drop-out probability."""
    days = {customer: sorted(set(of_one)) for customer, of_one in _order_days(clean_company).items()}
    rates = [
        ((len(of_one) - 2) / (of_one[-1] - of_one[0]).days, len(of_one) - 1)
        for of_one in days.values()
        if len(of_one) >= 4
    ]
    mean = fmean(rate for rate, _ in rates)
    spread = variance(rate for rate, _ in rates) - fmean(rate**2 / (repeats - 1) for rate, repeats in rates)
    shape = mean**2 / spread if 20 * spread > mean**2 else 20.0
    scale = shape / mean
    judged = AS_OF - timedelta(365)
    lapsed = sum(of_one[-1] <= judged for of_one in days.values())
    dropout = (lapsed + 1) / (sum(day <= judged for of_one in days.values() for day in of_one) + 2)
    said = rows_of(
        clean_company, "select customer_key, churn_rate, churn_risk from customer.customer_360 where orders > 0"
    )
    assert len(said) == len(days)
    for customer, churn_rate, risk in said:
        first, last = days[customer][0], days[customer][-1]
        grown = (scale + (AS_OF - first).days) / (scale + (last - first).days)
        gone = dropout / (1 - dropout) * math.pow(grown, shape + len(days[customer]) - 1)
        assert churn_rate == pytest.approx(gone / (1 + gone), abs=1e-9)
        assert risk == ("high" if churn_rate > 0.5 else "medium" if churn_rate > 0.2 else "low")
    assert {risk for *_, risk in said} == {"high", "medium", "low"}


def test_segments_of_a_past_month_are_what_they_would_have_been(clean_company: Settings) -> None:
    end = date(2025, 6, 30)
    expected = {}
    for customer, of_one in _order_days(clean_company).items():
        known = [day for day in of_one if day <= end]
        if known:
            expected[customer] = ((end - max(known)).days, sum(day >= date(2024, 7, 1) for day in known))
    said = rows_of(
        clean_company,
        "select customer_key, recency_days, window_orders from customer.customer_segment_month where segment_date = '2025-06-30'",
    )
    assert {key: (days, orders) for key, days, orders in said} == expected
    scores = rows_of(
        clean_company,
        """
        select segment_month, segment_code is null, count(*), avg(recency_score), max(frequency_score)
        from customer.customer_segment_month group by all
        """,
    )
    assert len(scores) == 25
    assert all(2.5 < average < 3.5 for _, nameless, number, average, _ in scores if number > 20 and not nameless)


def test_migrations_are_of_all_customers_of_a_month(clean_company: Settings) -> None:
    lost = """
        select moved.segment_month, moved.step_months
        from (
            select segment_month, step_months, sum(customers) as customers from customer.segment_migration group by all
        ) as moved
        left join (select segment_month, count(*) as customers from customer.customer_segment_month group by all) as told
            using (segment_month)
        where moved.customers is distinct from told.customers
    """
    assert rows_of(clean_company, lost) == []
    steps = rows_of(
        clean_company,
        "select step_months, count(distinct segment_month) from customer.segment_migration group by all order by 1",
    )
    assert steps == [(1, 24), (3, 7), (12, 4)]


def test_profit_ties_to_the_ledger(clean_company: Settings) -> None:
    """By fiscal year: cash discounts and freight to the cent, revenue but for the rounding of lines."""
    books = _truth(
        clean_company,
        """
        with movement as (
            select account, year, sum(closing_group) as closing from balance
            where account >= 500000 and period = (select max(period) from balance as last where last.year = balance.year)
            group by all
        )
        select year,
            sum(closing) filter (account in (800000, 801000, 809000)), sum(closing) filter (account = 808000),
            sum(closing) filter (account = 630000)
        from movement group by all order by 1
        """,
    )
    said = rows_of(
        clean_company,
        """
        select period::integer, sum(gross_revenue_group - returns_group - price_deductions_group), sum(cash_discount_group),
            sum(freight_group)
        from customer.customer_profitability where period_type = 'fiscal_year' group by all order by 1
        """,
    )
    [(lines,)] = rows_of(clean_company, "select count(*) from core.fct_invoice_line")
    assert len(said) == len(books) == 4
    for (year, revenue, discounts, freight), (said_year, *ours) in zip(books, said, strict=True):
        assert said_year == year
        assert abs(ours[0] + Decimal(revenue) / 100) <= Decimal("0.01") * lines
        assert (ours[1], ours[2]) == (Decimal(discounts) / 100, Decimal(freight) / 100)


def test_cohorts_are_of_first_orders(clean_company: Settings) -> None:
    days = _order_days(clean_company)
    cohorts: dict[tuple[date, int], set[int]] = defaultdict(set)
    for customer, of_one in days.items():
        first = min(of_one)
        for day in of_one:
            cohorts[first.replace(day=1), 12 * (day.year - first.year) + day.month - first.month].add(customer)
    said = rows_of(
        clean_company,
        "select cohort_month, months_since, retained_customers from customer.cohort_retention where not is_unknown_customer",
    )
    assert {(month, since): count for month, since, count in said if count} == {
        cohort: len(customers) for cohort, customers in cohorts.items()
    }
    assert len(said) > len(cohorts)


def test_the_timeline_tells_every_document(clean_company: Settings) -> None:
    told = Counter(
        dict(rows_of(clean_company, "select event_type, count(*) from customer.customer_timeline group by all"))
    )
    [(orders, deliveries)] = _extracted(
        clean_company,
        "sap",
        "VBAK VBAP LIKP",
        """
        select
            (select count(*) from VBAK where VBTYP = 'C' and VBELN in (select VBELN from VBAP where coalesce(ABGRU, '') = '')),
            (select count(*) from LIKP where VBTYP = 'J' and coalesce(WADAT_IST, '') not in ('', '00000000'))
        """,
    )
    assert (told["order"], told["delivery"]) == (orders, deliveries)
    # Some deals were deleted in the CRM: what the truth calls lost may be gone.
    [(won, lost)] = _extracted(
        clean_company,
        "salesforce",
        "Opportunity",
        """
        select count(*) filter (IsWon = 'true'), count(*) filter (IsWon <> 'true') from Opportunity
        where IsClosed = 'true' and IsDeleted <> 'true'
        """,
    )
    assert won == _truth(clean_company, f"select count(*) from pipeline where won and closed <= {_TODAY}")[0][0]
    assert (told["deal_won"], told["deal_lost"]) == (won, lost)
    [(customer,)] = rows_of(
        clean_company, "from (select customer_key from customer.customer_360 order by orders desc limit 1)"
    )
    one = rows_of(
        clean_company,
        "select count(distinct event_type), count(distinct customer_key) from customer.customer_timeline "
        f"where customer_key = {customer}",
    )
    assert one[0][0] >= 8
    assert one[0][1] == 1


@pytest.mark.parametrize("company", ["clean_company", "messy_company"])
def test_marts_add_up_to_the_facts(company: str, request: pytest.FixtureRequest) -> None:
    settings: Settings = request.getfixturevalue(company)
    said = rows_of(settings, "select period, documents from quality.check_customer_marts_equal_facts")
    assert len(said) == 36
    assert [row for row in said if row[1]] == []


def test_without_mess_systems_differ_only_in_addresses_that_they_were_not_told(clean_company: Settings) -> None:
    [(expected, actual, documents)] = rows_of(
        clean_company, "select expected, actual, documents from quality.check_customer_master_agrees"
    )
    assert expected == actual
    assert expected > 400
    assert documents is None
    conflicts = rows_of(
        clean_company, "select customer_key, attribute, is_other_address from customer.attribute_conflict"
    )
    customers = _customers(clean_company)
    moved = {
        customers[party] for (party,) in _truth(clean_company, "select party from party_change where kind = 'move'")
    }
    assert {key for key, _, _ in conflicts} <= moved
    assert {(attribute, is_other) for _, attribute, is_other in conflicts} <= {("city", True), ("postcode", True)}


_FIELDS = {
    "name": {"name", "first_name", "last_name"},
    "country": {"country"},
    "postcode": {"postcode"},
    "city": {"city"},
    "tax_id": {"vat"},
    "phone": {"phone"},
}


def test_every_conflict_is_explained_by_what_went_wrong(messy_company: Settings) -> None:
    conflicts = rows_of(
        messy_company,
        "select attribute, crm_records || ', ' || erp_records, is_other_address from customer.attribute_conflict",
    )
    assert len(conflicts) > 10
    mess = set(_truth(messy_company, "select distinct system || '/' || source_id, field from identity_mess"))
    parties = _parties(messy_company)
    changed = {party for (party,) in _truth(messy_company, "select party from party_change")}
    faults = {
        key for (key,) in _truth(messy_company, "select key from fault where table_name in ('Account', 'KNA1', 'ADRC')")
    }
    unexplained = [
        (attribute, records)
        for attribute, records, _ in conflicts
        if not any(
            any((record, field) in mess for field in _FIELDS[attribute])
            or parties[record.partition("/")[2]] in changed
            or record.partition("/")[2] in faults
            for record in records.split(", ")
        )
    ]
    assert unexplained == []


def test_every_slip_in_a_postcode_is_found(messy_company: Settings) -> None:
    """A digit mistyped in one system only, in a customer with one record in each: the systems cannot agree."""
    slips = _truth(
        messy_company,
        """
        select system || '/' || source_id, written_value from identity_mess
        where field = 'postcode' and kind = 'typo'
            and source_id in (select source_id from identity_mess where field = 'postcode' group by all having count(*) = 1)
        """,
    )
    held = rows_of(
        messy_company,
        """
        select crm_records, erp_records, crm_value, erp_value, is_conflict from customer.attribute_agreement
        where attribute = 'postcode' and not contains(crm_records, ',') and not contains(erp_records, ',')
        """,
    )
    found = {record: (row[2:4], row[4]) for row in held for record in row[:2]}
    expected = [record for record, written in slips if record in found and written in found[record][0]]
    assert expected
    assert all(found[record][1] for record in expected)
