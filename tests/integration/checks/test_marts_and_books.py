"""One figure changed by hand breaks the check that it belongs to, and no other."""

from decimal import Decimal

import duckdb
import pytest

from pipelines.settings import Settings
from tests.broken_books import Break, breaks, script_of


@pytest.mark.parametrize(
    ("check", "company", "period", "change", "difference", "documents"),
    [
        pytest.param(
            "cash_flow_ties_to_cash",
            "2000",
            "2026-03",
            "update finance.cash_flow set amount_company = amount_company + 0.01 "
            "where company_code = '2000' and fiscal_year = 2026 and fiscal_period = 3 and line_code = 'change_of_cash'",
            "0.01",
            "113100",
            id="flows do not come to the change of cash",
        ),
        pytest.param(
            "cash_flow_ties_to_cash",
            "2000",
            "2026-03",
            "update finance.cash_flow set amount_company = amount_company - 7 "
            "where company_code = '2000' and fiscal_year = 2026 and fiscal_period = 3 and line_code = 'closing_cash'",
            "-7",
            "113100",
            id="cash at the end is not what it was and what flowed",
        ),
        pytest.param(
            "cash_flow_ties_to_cash",
            "1000",
            "2025-12",
            "update finance.cash_flow set amount_company = amount_company - 2 "
            "where company_code = '1000' and fiscal_year = 2025 and fiscal_period = 12 and line_code = 'opening_cash'",
            "2",
            "113100",
            id="cash at the start is another",
        ),
        pytest.param(
            "finance_marts_equal_facts",
            "1000",
            "2026-03",
            "update finance.account_balance_month set debit_amount_group = debit_amount_group - 3 where rowid = ("
            "select min(balance.rowid) from finance.account_balance_month as balance "
            "inner join core.dim_company using (company_key) "
            "where company_code = '1000' and fiscal_year = 2026 and fiscal_period = 3)",
            "3",
            "account_balance_month",
            id="the balances lost a debit",
        ),
        pytest.param(
            "finance_marts_equal_facts",
            "3000",
            "2024-02",
            "update finance.income_statement set amount_group = amount_group + 0.01 "
            "where company_code = '3000' and fiscal_year = 2024 and fiscal_period = 2 and line_code = 'net_result'",
            "0.01",
            "income_statement",
            id="the net result is a cent more",
        ),
        pytest.param(
            "finance_marts_equal_facts",
            "1000",
            "2025-06",
            "delete from finance.margin_month_key where rowid = ("
            "select min_by(margin.rowid, revenue_amount_group) from finance.margin_month_key as margin "
            "inner join core.dim_company using (company_key) "
            "where company_code = '1000' and invoice_month = date '2025-06-01' and revenue_amount_group > 0)",
            None,
            "margin_month",
            id="the margins lost a customer's product",
        ),
        pytest.param(
            "group_statements_equal_ledger",
            None,
            "2024-02",
            "update finance.income_statement set amount_group = amount_group + 0.01 "
            "where company_key is null and fiscal_year = 2024 and fiscal_period = 2 and line_code = 'revenue'",
            "0.01",
            "income_statement revenue",
            id="the group's revenue is a cent more",
        ),
        pytest.param(
            "group_statements_equal_ledger",
            None,
            "2025-12",
            "update finance.balance_sheet set balance_amount_group = balance_amount_group - 0.01 "
            "where company_key is null and fiscal_year = 2025 and fiscal_period = 12 and line_code = 'total_assets'",
            "0.01",
            "balance_sheet assets",
            id="the group owns a cent less",
        ),
        pytest.param(
            "group_statements_equal_ledger",
            None,
            "2026-10",
            "delete from finance.cash_flow "
            "where company_key is null and fiscal_year = 2026 and fiscal_period = 10 and line_code = 'change_of_cash'",
            None,
            "cash_flow change_of_cash",
            id="nobody says what became of the group's cash",
        ),
        pytest.param(
            "intercompany_balances_agree",
            "1000",
            "2026-10",
            "update finance.intercompany set payable_amount_document = payable_amount_document + 5, "
            "difference_amount_document = difference_amount_document - 5, payable_amount_group = payable_amount_group + 5, "
            "difference_amount_group = difference_amount_group - 5 where seller_company_code = '1000' "
            "and buyer_company_code = '3000' and document_currency = 'EUR' and fiscal_year = 2026 and fiscal_period = 10",
            "5",
            "1000 to 3000 in EUR",
            id="a buyer owes more than the seller expects",
        ),
        pytest.param(
            "intercompany_balances_agree",
            "1000",
            "2026-10",
            "update finance.intercompany set in_transit_amount_document = in_transit_amount_document - 5, "
            "difference_amount_document = difference_amount_document + 5, in_transit_amount_group = in_transit_amount_group - 5, "
            "difference_amount_group = difference_amount_group + 5 where seller_company_code = '1000' "
            "and buyer_company_code = '3000' and document_currency = 'EUR' and fiscal_year = 2026 and fiscal_period = 10",
            "-5",
            "1000 to 3000 in EUR",
            id="goods on their way explain less than is not yet owed",
        ),
    ],
)
def test_one_figure_of_a_mart_breaks_its_check_and_no_other(
    undisturbed: set[Break],
    books: duckdb.DuckDBPyConnection,
    check: str,
    company: str | None,
    period: str,
    change: str,
    difference: str | None,
    documents: str,
) -> None:
    assert check not in {name for name, *_ in undisturbed}
    books.execute(change)
    (found,) = breaks(books) - undisturbed
    assert found[:3] == (check, company, period)
    assert found[4] == documents
    assert found[3] == Decimal(difference) if difference else found[3] > 0


@pytest.mark.parametrize(
    ("change", "rows", "amount"),
    [
        pytest.param("delete from core.fct_payment_allocation where {it}", -1, -1, id="an allocation is lost"),
        pytest.param(
            "insert into core.fct_payment_allocation from core.fct_payment_allocation where {it}",
            *(1, 1),
            id="an allocation is there twice",
        ),
        pytest.param(
            "update core.fct_payment_allocation set cleared_amount_document = cleared_amount_document + 0.01 where {it}",
            *(0, 0),
            id="an allocation clears a cent more than was owed",
        ),
        pytest.param(
            "update core.fct_payment_allocation set cleared_amount_document = null where {it}",
            *(0, -1),
            id="an allocation does not say what it clears",
        ),
        pytest.param(
            "update core.fct_{side}_item set clearing_document_number = null where {side}_item_key = "
            "(select {side}_item_key from core.fct_payment_allocation where {it})",
            *(1, 1),
            id="an item was not cleared that was allocated",
        ),
    ],
)
@pytest.mark.parametrize("side", ["receivable", "payable"])
def test_allocations_account_for_the_items_that_were_cleared(
    clean_company: Settings, books: duckdb.DuckDBPyConnection, side: str, change: str, rows: int, amount: int
) -> None:
    """``rows`` and ``amount``: by how many rows, and times the amount cleared, the allocations exceed the items."""
    check = str(script_of(clean_company, "allocations_account_for_items")["compiled"])
    assert books.execute(check).fetchall() == []
    (key, cleared) = books.execute(
        "select payment_allocation_key, cleared_amount_document from core.fct_payment_allocation "
        f"where {side}_item_key is not null and cleared_amount_document <> 0 order by 1 limit 1"
    ).fetchall()[0]
    books.execute(change.format(it=f"payment_allocation_key = {key}", side=side))
    [(item_rows, allocation_rows, item_total, allocation_total)] = books.execute(check).fetchall()
    assert allocation_rows - item_rows == rows
    assert allocation_total - item_total == amount * cleared + (Decimal("0.01") if rows == amount == 0 else 0)
