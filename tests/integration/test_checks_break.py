"""Checks are silent on books that agree, and name what does not: figures of the clean company are changed by hand."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.publish.compiled import compiled_folder
from pipelines.publish.project import compose, reconciliation_checks
from pipelines.settings import Settings
from pipelines.warehouse import current_version, version_file

NAMES = {
    "campaign_touch": "source_id",
    "case": "case_number",
    "interaction": "source_id",
    "lead": "source_id",
    "opportunity": "source_id",
    "quote_line": "quote_number",
    "sales_order_line": "order_number",
    "delivery_line": "delivery_number",
    "return_line": "return_number",
    "invoice_line": "invoice_number",
    "purchase_order_line": "purchase_order_number",
    "production_order": "production_order_number",
    "payroll_cost": "payroll_month",
    "budget_line": "budget_version || '/' || fiscal_year",
} | dict.fromkeys(
    (
        *("stock_movement", "goods_receipt_line", "supplier_invoice_line", "journal_entry", "journal_line"),
        *("receivable_item", "payable_item", "payment"),
    ),
    "document_number || '/' || fiscal_year",
)
"""How the check names a row of each fact."""
FIGURES = {
    "opportunity": ["amount_document"],
    "quote_line": ["net_amount_document", "quantity"],
    "sales_order_line": ["net_amount_document", "quantity"],
    "delivery_line": ["quantity"],
    "return_line": ["net_amount_document", "quantity"],
    "invoice_line": ["net_amount_document", "tax_amount_document", "cost_amount_document"],
    "stock_movement": ["quantity", "stock_value_company"],
    "purchase_order_line": ["net_amount_document", "quantity"],
    "goods_receipt_line": ["net_amount_document", "net_amount_company", "quantity"],
    "supplier_invoice_line": ["net_amount_document", "net_amount_company", "quantity"],
    "production_order": ["planned_quantity"],
    "journal_line": ["amount_document", "amount_company", "amount_group"],
    "receivable_item": ["amount_document", "amount_company"],
    "payable_item": ["amount_document", "amount_company"],
    "payment": ["amount_document", "amount_company", "discount_amount_document"],
    "budget_line": ["amount_document"],
    "payroll_cost": ["gross_pay_document"],
}

Break = tuple[str, str | None, str, Decimal, str | None]


def script_of(settings: Settings, name: str) -> dict[str, Any]:
    """What dbt made of a model or test, and which statements a build executes for it."""
    file = compiled_folder(settings, compose(settings)) / "full.json"
    scripts = json.loads(file.read_text(encoding="utf-8")).items()
    (script,) = (script for key, script in scripts if key.endswith(f".{name}"))
    return script


@pytest.fixture(scope="module")
def copy(clean_company: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the clean company's version that may be written to, under the name that its views know.

    The cells of facts and records are a view in it: they are what they would be in a build.
    """
    source = version_file(clean_company.home, current_version(clean_company.home) or 0)
    target = tmp_path_factory.mktemp("books") / "warehouse.duckdb"
    target.write_bytes(Path(source).read_bytes())
    cells = script_of(clean_company, "fact_source_cell")["compiled"]
    with duckdb.connect(str(target)) as connection:
        connection.execute("drop table quality.fact_source_cell")
        connection.execute(f"create view quality.fact_source_cell as {cells}")
        yield connection


@pytest.fixture
def books(copy: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The books as they are; whatever a test writes into them is taken back."""
    copy.begin()
    yield copy
    copy.rollback()


def breaks(books: duckdb.DuckDBPyConnection, *checks: str) -> set[Break]:
    """Return what the checks (all without any named) find wrong: check, company, period, difference, documents."""
    asked = " union all ".join(f"select * from quality.{check}" for check in (checks or reconciliation_checks()))
    query = f"select check_name, company, period, actual - expected, documents from ({asked}) "
    return set(books.execute(query + "where actual <> expected or documents is not null").fetchall())


@pytest.fixture(scope="module")
def undisturbed(copy: duckdb.DuckDBPyConnection) -> set[Break]:
    """What is wrong in the books as they are."""
    return breaks(copy)


def facts_breaks(books: duckdb.DuckDBPyConnection) -> set[Break]:
    return breaks(books, "check_facts_equal_sources")


def some(books: duckdb.DuckDBPyConnection, entity: str, rows: int) -> list[tuple[int, str]]:
    """Return row ids of so many different documents of a fact, and what the check calls them."""
    query = (
        f"select min(rowid), cast({NAMES[entity]} as varchar) from core.fct_{entity} group by 2 order by 1 limit {rows}"
    )
    found = [(row, f"{entity} {name}") for row, name in books.execute(query).fetchall()]
    assert len(found) == rows, entity
    return found


def test_facts_of_the_clean_company_are_what_its_systems_hold(books: duckdb.DuckDBPyConnection) -> None:
    assert not facts_breaks(books)
    query = """
        select count(*) > 100, count(distinct company), count(*) filter (where company is null) > 30, bool_and(expected > 0)
        from quality.check_facts_equal_sources where company is distinct from 'unknown' and period <> 'unknown'
    """
    assert books.execute(query).fetchall() == [(True, 3, True, True)]


def test_faults_of_the_books_are_in_the_records_as_they_are_in_the_facts(messy_company: Settings) -> None:
    """What systems deliver wrongly is no break of this check: both sides have it."""
    source = version_file(messy_company.home, current_version(messy_company.home) or 0)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{source}' as warehouse (read_only)")
        connection.execute("use warehouse")
        assert not facts_breaks(connection)


def test_every_fact_that_lost_a_record_is_named(books: duckdb.DuckDBPyConnection) -> None:
    lost = set()
    for entity in NAMES:
        ((row, name),) = some(books, entity, 1)
        books.execute(f"delete from core.fct_{entity} where rowid = {row}")
        lost.add(name)
    found = {name for *_, documents in facts_breaks(books) for name in (documents or "").split(", ")}
    assert found == lost


def test_every_figure_that_was_changed_is_named(books: duckdb.DuckDBPyConnection) -> None:
    changed = set()
    for entity, figures in FIGURES.items():
        distinct = 1 if entity in ("budget_line", "payroll_cost") else len(figures)
        for figure, (row, name) in zip(figures, some(books, entity, distinct), strict=True):
            books.execute(f"update core.fct_{entity} set {figure} = coalesce({figure}, 0) + 1 where rowid = {row}")
            changed.add(name)
    found = facts_breaks(books)
    assert {name for *_, documents in found for name in (documents or "").split(", ")} == changed
    assert sum(difference for *_, difference, _ in found) == sum(len(figures) for figures in FIGURES.values())


def test_a_build_that_remembers_which_entities_differ_finds_what_is_found_without(
    clean_company: Settings, books: duckdb.DuckDBPyConnection
) -> None:
    """Only of those the documents are read then; nothing remembered means all."""
    (remember,) = (
        statement
        for statement in script_of(clean_company, "fact_source_cell")["statements"]
        if statement.startswith("set variable")
    )
    different = ["invoice_line", "journal_line", "lead"]
    lost = set()
    try:
        books.execute(remember)
        assert books.execute("select getvariable('different_entities')").fetchall() == [([],)]
        assert not facts_breaks(books)
        for entity in different:
            ((row, name),) = some(books, entity, 1)
            books.execute(f"delete from core.fct_{entity} where rowid = {row}")
            lost.add(name)
        books.execute(remember)
        assert books.execute("select list_sort(getvariable('different_entities'))").fetchall() == [(different,)]
        found = facts_breaks(books)
    finally:
        books.execute("reset variable different_entities")
    assert found == facts_breaks(books)
    assert {name for *_, documents in found for name in (documents or "").split(", ")} == lost


def test_a_cent_in_one_order_is_a_break_of_its_company_and_month(books: duckdb.DuckDBPyConnection) -> None:
    row, order, company, month = books.execute(
        """
        select line.rowid, order_number, company_code, strftime(order_date, '%Y-%m')
        from core.fct_sales_order_line as line inner join core.dim_company using (company_key) limit 1
        """
    ).fetchall()[0]
    books.execute(
        f"update core.fct_sales_order_line set net_amount_document = net_amount_document - 0.01 where rowid = {row}"
    )
    said = ("facts_equal_sources", company, month, Decimal("0.01"), f"sales_order_line {order}")
    assert facts_breaks(books) == {said}


def test_five_too_much_and_five_too_little_do_not_hide_each_other(books: duckdb.DuckDBPyConnection) -> None:
    company, month, *rows = books.execute(
        """
        select company_code, strftime(invoice_date, '%Y-%m'), min_by(line.rowid, invoice_number), min(invoice_number),
            max_by(line.rowid, invoice_number), max(invoice_number)
        from core.fct_invoice_line as line inner join core.dim_company using (company_key)
        group by all having count(distinct invoice_number) > 1 limit 1
        """
    ).fetchall()[0]
    for amount, row in ((5, rows[0]), (-5, rows[2])):
        books.execute(
            f"update core.fct_invoice_line set net_amount_document = net_amount_document + {amount} where rowid = {row}"
        )
    named = ", ".join(sorted([f"invoice_line {rows[1]}", f"invoice_line {rows[3]}"]))
    assert facts_breaks(books) == {("facts_equal_sources", company, month, Decimal(10), named)}


def test_two_documents_that_have_each_other_s_amount_are_both_named(books: duckdb.DuckDBPyConnection) -> None:
    """Neither the sum nor the sum of squares of a period tells this."""
    rows = books.execute(
        """
        with payment as (
            select rowid as row, company_key, date_trunc('month', payment_date) as month,
                document_number || '/' || fiscal_year as name, amount_document as amount
            from core.fct_payment where discount_amount_document = 0 and amount_document = amount_company
        )
        select one.row, one.name, one.amount, other.row, other.name, other.amount
        from payment as one inner join payment as other using (company_key, month)
        where one.amount < other.amount and one.name <> other.name order by all limit 1
        """
    ).fetchall()[0]
    for row, amount in ((rows[0], rows[5]), (rows[3], rows[2])):
        books.execute(
            f"update core.fct_payment set amount_document = {amount}, amount_company = {amount} where rowid = {row}"
        )
    ((*_, difference, documents),) = facts_breaks(books)
    assert difference == 4 * (rows[5] - rows[2])
    assert documents == ", ".join(sorted([f"payment {rows[1]}", f"payment {rows[4]}"]))


def test_a_record_twice_and_one_in_another_period_or_company(books: duckdb.DuckDBPyConnection) -> None:
    (delivery,) = some(books, "delivery_line", 1)
    books.execute(
        f"insert into core.fct_delivery_line select * from core.fct_delivery_line where rowid = {delivery[0]}"
    )
    ((*_, documents),) = facts_breaks(books)
    assert documents == delivery[1]
    books.execute("rollback")
    books.execute("begin")

    (entry,) = some(books, "journal_entry", 1)
    books.execute(f"update core.fct_journal_entry set fiscal_period = fiscal_period % 12 + 1 where rowid = {entry[0]}")
    moved = facts_breaks(books)
    assert [documents for *_, documents in moved] == [entry[1]] * 2
    assert len({period for _, _, period, *_ in moved}) == 2

    books.execute("rollback")
    books.execute("begin")
    (order,) = some(books, "production_order", 1)
    books.execute(f"update core.fct_production_order set company_key = -1 where rowid = {order[0]}")
    moved = facts_breaks(books)
    assert [documents for *_, documents in moved] == [order[1]] * 2
    assert "unknown" in {company for _, company, *_ in moved}


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
