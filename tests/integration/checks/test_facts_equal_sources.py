"""Facts are compared with the records of the systems: silent where they agree, and every document that differs is named."""

from decimal import Decimal

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse import current_version, version_file
from tests.broken_books import Break, breaks, script_of

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
