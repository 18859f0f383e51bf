"""The star's books against the simulator's: a company without any mess, whose truth is known to the cent."""

from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.settings import Settings
from tests.questions import rows_of


@pytest.fixture(scope="module")
def settings(clean_company: Settings) -> Settings:
    return clean_company


def _said(settings: Settings, table: str, query: str) -> list[tuple[Any, ...]]:
    files = settings.home.root / "demo" / "truth" / table / "*.parquet"
    return duckdb.connect().execute(query, [str(files)]).fetchall()


def _extracted(settings: Settings, table: str, query: str) -> list[tuple[object, ...]]:
    files = settings.home.root / "demo" / "extracts" / "sap" / table / "*.csv"
    with duckdb.connect() as connection:
        connection.execute(f"create view {table} as select * from read_csv('{files}', all_varchar = true)")
        return connection.execute(query).fetchall()


def test_the_ledger_closes_at_the_balances_of_the_company(settings: Settings) -> None:
    """By company and account: the balance sheet since ever, and profit and loss of the year, which opens at zero."""
    closed = """
        select company.company_code, account.account_number, sum(line.amount_company), sum(line.amount_group)
        from core.fct_journal_line as line
        inner join core.dim_company as company using (company_key)
        inner join core.dim_account as account using (account_key)
        where account.is_balance_sheet or line.fiscal_year = 2026
        group by all
        having account.account_number <> '90000' order by all
    """
    last = """
        select cast(company as varchar), cast(account as varchar), closing / 100, closing_group / 100 from read_parquet(?)
        where year = 2026 and period = 10 and account <> 90000 order by 1, 2
    """
    expected = [
        (company, account, round(Decimal(own), 2), round(Decimal(group), 2))
        for company, account, own, group in _said(settings, "balance", last)
    ]
    there = [row for row in rows_of(settings, closed) if row[2] or row[3]]
    assert there == [row for row in expected if row[2] or row[3]]
    assert len(there) > 80


def test_every_trial_balance_comes_to_nothing(settings: Settings) -> None:
    off = """
        select company_key, fiscal_year, fiscal_period from core.fct_journal_line
        group by all having sum(amount_company) <> 0 or sum(amount_group) <> 0
    """
    assert rows_of(settings, off) == []


@pytest.mark.parametrize(("fact", "subledger"), [("fct_receivable_item", "customer"), ("fct_payable_item", "supplier")])
def test_open_items_are_the_balance_of_their_control_account(settings: Settings, fact: str, subledger: str) -> None:
    items = (
        f"select company_key, account_key, sum(amount_company) from core.{fact} where is_open group by all order by all"
    )
    account = f"""
        select company_key, account_key, sum(amount_company) from core.fct_journal_line
        where account_type = '{subledger}' group by all having sum(amount_company) <> 0 order by all
    """
    open_items = [row for row in rows_of(settings, items) if row[2]]
    assert len(open_items) >= 2
    assert open_items == rows_of(settings, account)


def test_payments_are_the_money_that_the_bank_moved_and_pay_what_they_clear(settings: Settings) -> None:
    received = """
        select direction, sum(amount_company), sum(amount_group) from core.fct_payment group by all order by all
    """
    banked = """
        select case document_type when 'DZ' then 'receipt' else 'payment' end as direction,
            sum(line.amount_company) * case document_type when 'DZ' then 1 else -1 end,
            sum(line.amount_group) * case document_type when 'DZ' then 1 else -1 end
        from core.fct_journal_line as line inner join core.dim_account as account using (account_key)
        where account.line_code = 'cash' and document_type in ('DZ', 'KZ') group by document_type order by 1
    """
    assert rows_of(settings, received) == rows_of(settings, banked)
    off = """
        select payment.payment_key from core.fct_payment as payment
        left join core.fct_payment_allocation as allocation using (payment_key)
        group by payment.payment_key
        having sum(allocation.paid_amount_document) is distinct from any_value(payment.amount_document)
            or sum(allocation.discount_amount_document) is distinct from any_value(payment.discount_amount_document)
    """
    assert rows_of(settings, off) == []
    assert len(rows_of(settings, "select payment_key from core.fct_payment")) > 100


def test_every_line_entry_and_planned_amount_of_the_extracts_is_there_once(settings: Settings) -> None:
    assert rows_of(settings, "select count(*), sum(amount_company) from core.fct_journal_line") == _extracted(
        settings, "ACDOCA", "select count(*), sum(cast(HSL as decimal(18, 2))) from ACDOCA"
    )
    assert rows_of(settings, "select count(*) from core.fct_journal_entry") == _extracted(
        settings, "BKPF", "select count(distinct (BUKRS, BELNR, GJAHR)) from BKPF"
    )
    planned = rows_of(
        settings,
        "select budget_version, count(*), sum(amount_document) from core.fct_budget_line group by all order by all",
    )
    assert planned == _extracted(
        settings,
        "ZBUDGET",
        "select VERSN, count(*), sum(cast(HSL as decimal(18, 2))) from ZBUDGET group by all order by all",
    )
    nobody = "select count(*) from core.fct_journal_line where account_key = -1 or company_key = -1"
    assert rows_of(settings, nobody) == [(0,)]


def test_a_reversed_entry_and_its_reversal_come_to_nothing(settings: Settings) -> None:
    pairs = """
        select entry.document_number, sum(line.amount_company)
        from core.fct_journal_entry as entry
        inner join core.fct_journal_line as line
            on entry.company_key = line.company_key
                and ((line.fiscal_year = entry.fiscal_year and line.document_number = entry.document_number)
                    or (line.fiscal_year = entry.reversal_fiscal_year and line.document_number = entry.reversal_document_number))
                and line.account_type = 'customer'
        where entry.has_reversal group by all
    """
    sums = rows_of(settings, pairs)
    assert sums
    assert all(amount == 0 for _, amount in sums)
