"""A published version that is small enough to count by hand: the rows that the pages read."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from duckdb import DuckDBPyConnection

from pipelines.home import Home, move_into_place
from pipelines.settings import REPOSITORY
from pipelines.warehouse import POINTER, opened, quoted, version_file

MODELS = REPOSITORY / "models"
MARTS = {
    "sales": [MODELS / "marts" / "sales" / "sales.yml", MODELS / "marts" / "sales" / "pipeline.yml"],
    "customer": sorted((MODELS / "marts" / "customer").glob("*.yml")),
    "finance": [MODELS / "marts" / "finance" / "finance_marts.yml"],
    "inventory": [MODELS / "marts" / "inventory" / "inventory_marts.yml"],
    "quality": [MODELS / "quality" / "quality.yml"],
}
SEEDS = ("reconciliation_checks", "income_statement_subtotals", "statement_line_roles")
KEY = 1152921504606846975  # 60 bits: a browser's number would make another customer of it
LONG_ID = "0015g000015iM85AAE"
Rows = dict[tuple[str, tuple[str, ...]], list[object]]  # values, one row after the other, by table and columns
STANDING: dict[str, object] = {
    "health_score": 94, "churn_rate": 0.02, "churn_risk": "low", "segment_name": "Champions", "lifetime_value_group": 12_000,
    "receivables_group": 500, "overdue_amount_group": 200, "worst_overdue_days": 12, "average_days_late_last_12_months": 4,
}  # fmt: skip
MONTHS = [(year, month) for year in (2022, 2023) for month in range(1, 13)]


def comment_literal(text: str) -> str:
    return "'" + text.strip().replace("'", "''") + "'"


@cache
def described(file: Path) -> list[dict[str, Any]]:
    """Return the models of a file that a page reads."""
    exposures = (MODELS / "marts" / "exposures.yml").read_text(encoding="utf-8")
    models = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["models"]  # ten times as fast as the other
    return [model for model in models if f"ref('{model['name']}')" in exposures]


def add_books_and_deals(insert: Callable[..., None]) -> None:
    """Add books of two years, what customers owe, deals, and how a customer stands.

    A month of 2022 brings 100 of revenue at 60 of cost, one of 2023 brings 150 at 120 and was planned with 160 at 110.
    Cash grows from 1,000 by 40 a month, then by 30. Of 500 that are owed 200 are overdue.
    """
    group = {"company_key": None, "company_code": "group", "company_name": "Group"}
    company = {"company_key": 7, "company_code": "1000", "company_name": "Müller GmbH"}
    cash = 1_000
    for year, month in MONTHS:
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        insert("finance.book_period", fiscal_calendar_code="K4", fiscal_year=year, fiscal_period=month,
               period_order=year * 100 + month, is_special=False, period_start_date=first, period_end_date=last)  # fmt: skip
        insert(
            "finance.snapshot_day", snapshot_date=last, snapshot_month=first, is_month_end=True, is_today=month == 12
        )
        revenue, cost = {2022: (100, 60), 2023: (150, 120)}[year]
        lines = [("Revenue", "revenue", 1000, revenue), ("Cost <of> sales", "cost_of_sales", 1100, -cost)]
        sums = [
            ("Gross profit", "gross_profit", 1199),
            ("EBIT", "operating_result", 1399),
            ("Net", "net_result", 10000),
        ]
        lines += [(*named, revenue - cost) for named in sums]
        flows = [("total_operating", revenue - cost), ("opening_cash", cash), ("change_of_cash", revenue - cost)]
        flows.append(("closing_cash", cash + revenue - cost))
        period = {"fiscal_calendar_code": "K4", "fiscal_year": year, "fiscal_period": month}
        for who in (group, company):
            for name, code, order, amount in lines:
                insert("finance.income_statement", **who, **period, section=name, line_code=code, line_name=name,
                       line_order=order, is_subtotal=(name, code, order) in sums, amount_group=amount)  # fmt: skip
            for order, (code, amount) in enumerate(flows):
                insert("finance.cash_flow", **who, **period, activity_order=5, activity="cash", line_order=order,
                       line_code=code, line_name=code, is_subtotal=True, amount_group=amount)  # fmt: skip
            insert("finance.working_capital_month", **who, **period, period_end_date=last, dso_days=40, dpo_days=30,
                   dio_days=50, cash_conversion_cycle_days=60)  # fmt: skip
        cash += revenue - cost
        for order, code, planned in ((1000, "revenue", 160), (1100, "cost_of_sales", -110)) if year == 2023 else ():
            insert("finance.budget_vs_actual", company_key=7, budget_version="000", budget_type="plan", is_in_force=True,
                   fiscal_year=year, fiscal_period=month, group_fiscal_year=year, group_fiscal_period=month,
                   line_order=order, line_code=code, budget_amount_group=planned)  # fmt: skip
        insert("sales.pipeline_waterfall", pipeline_month=first, opening_group=100, created_group=50, reopened_group=0,
               increased_group=0, decreased_group=0, currency_group=0, won_group=-30, lost_group=-20, removed_group=0,
               closing_group=100)  # fmt: skip
        insert("sales.win_rate_month", deal_month=first, won_deals=3, lost_deals=9 if year == 2022 else 1,
               won_amount_group=30, lost_amount_group=20)  # fmt: skip
    for order, code, name, amount in ((1, "not_due", "Not due", 300), (2, "overdue_1_30", "1 to 30 days overdue", 200)):
        insert("finance.ar_ageing", snapshot_date="2023-12-31", company_key=7, customer_key=KEY, customer_number="C-77",
               customer_name="Zoë Óbuda Kft", bucket_code=code, bucket_name=name, bucket_order=order,
               is_overdue=True if order > 1 else None, open_items=1, most_overdue_days=12, open_amount_group=amount)  # fmt: skip
    insert("sales.pipeline_today", opportunity_key=1, customer_key=KEY, opportunity_name="Pumps <for> Buda",
           stage_name="Proposal", stage_order=5, amount_group=100, expected_amount_group=40,
           close_date="2023-12-01", is_overdue=True, source_system="crm", source_id="006A")  # fmt: skip
    insert(
        "customer.customer_health_reason",
        customer_key=KEY,
        rule_order=1,
        reason="Open cases",
        measure_value=2,
        lost_points=6,
    )
    for kind, day, title in (("order", "2024-01-10", "Order SO-1"), ("call", "2024-01-09", "Call: <prices>")):
        insert("customer.customer_timeline", customer_key=KEY, event_at=f"{day} 08:00:00", event_type=kind, title=title,
               source_system="crm", is_ahead=False)  # fmt: skip
    insert("customer.customer_contact", contact_key=1, customer_key=KEY, contact_name="Ágnes Kis", is_active=True)


def add_stock(insert: Callable[..., None]) -> None:
    """Add stock of two years: worth 1,000 for 40 days, then 1,200 for 30; of ten lines a month 8 are in time, then 9.

    Today 5 pumps lie in Hamburg, 3 of them are promised, and 7 come on 20 January 2024.
    """
    for year, month in MONTHS:
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        worth, days, in_time = {2022: (1_000, 40, 8), 2023: (1_200, 30, 9)}[year]
        insert("inventory.turns_and_days", level="group", stock_month=first, stock_date=last, stock_value_group=worth,
               inventory_days=days)  # fmt: skip
        insert("inventory.service_level", stock_month=first, product_key=KEY, warehouse_key=1, due_lines=10,
               on_time_lines=in_time)  # fmt: skip
        insert("inventory.stock_ageing", stock_month=first, stock_date=last, product_key=KEY, warehouse_key=1, bucket_order=1,
               bucket_name="0-30 days", stock_value_group=worth)  # fmt: skip
    pump = {"product_key": KEY, "product_number": "P-1", "product_name": "Pump <small>", "warehouse_key": 1,
            "warehouse_name": "Hamburg", "unit_of_measure": "ST"}  # fmt: skip
    insert("inventory.stock_today", **pump, as_of_date="2023-12-31", quantity_on_hand=5, reserved_quantity=2,
           component_quantity=1, backlog_quantity=0, on_order_quantity=7, in_production_quantity=0,
           next_receipt_date="2024-01-20", stock_value_group=1_200)  # fmt: skip
    for day, is_today, available, added in (("2023-12-31", True, 2, 0), ("2024-01-20", False, 9, 7)):
        insert("inventory.available_to_promise", **pump, promise_date=day, is_today=is_today, available_quantity=available,
               added_quantity=added)  # fmt: skip
    insert("inventory.reorder_proposal", **pump, proposed_quantity=10, proposed_amount_group=50, is_urgent=True,
           reason="at the reorder <point>", position_quantity=9, reorder_quantity=12)  # fmt: skip
    insert("inventory.slow_and_dead", **pump | {"product_key": KEY - 1, "product_name": "Old valve"}, stock_class="dead",
           quantity_on_hand=4, stock_value_group=80, idle_days=400, last_demand_date="2022-11-26")  # fmt: skip


def insert_rows(connection: DuckDBPyConnection, rows: Rows) -> None:
    for (table, columns), values in rows.items():
        marks = ", ".join([f"({', '.join('?' * len(columns))})"] * (len(values) // len(columns)))
        connection.execute(f"insert into {table} ({', '.join(map(quoted, columns))}) values {marks}", values)


def write_version(home: Home, number: int, *, monthly_revenue: int, with_everything: bool = True) -> None:
    """Publish a version as a run does.

    2022 has 10 orders and 1,000 of revenue a month, 2023 has 20 orders and ``monthly_revenue``.
    January 2024 has one order on the 10th, so that it is not complete. Without ``with_everything`` no system
    delivers books, deals, cases or persons.
    """
    aside = home.published / "aside.duckdb"
    with opened(aside) as connection:
        connection.begin()
        connection.execute("create schema reference")
        for seed in SEEDS:
            file = str(REPOSITORY / "seeds" / f"{seed}.csv")
            connection.execute(f"create table reference.{seed} as select * from read_csv($file)", {"file": file})
        for schema, files in MARTS.items():
            connection.execute(f"create schema {quoted(schema)}")
            for model in (model for file in files for model in described(file)):
                table = f"{quoted(schema)}.{quoted(model['name'])}"
                columns = ", ".join(f"{quoted(column['name'])} {column['data_type']}" for column in model["columns"])
                connection.execute(f"create table {table} ({columns})")
                for column in model["columns"]:
                    description = comment_literal(column["description"])
                    connection.execute(f"comment on column {table}.{quoted(column['name'])} is {description}")

        rows: Rows = {}

        def insert(table: str, **values: object) -> None:
            rows.setdefault((table, tuple(values)), []).extend(values.values())

        for year, month in [*MONTHS, (2024, 1)]:
            revenue = {2022: 1_000, 2023: monthly_revenue, 2024: 7}[year]
            orders = {2022: 10, 2023: 20, 2024: 1}[year]
            first_day = f"{year}-{month:02}-01"
            figures = {"revenue_group": revenue, "margin_group": revenue / 4, "order_lines": orders, "units": orders}
            insert("sales.revenue_month", order_month=first_day, orders=orders, customers=1, new_customers=0,
                   average_order_group=revenue / orders, **figures)  # fmt: skip
            insert("sales.revenue_month_market", order_month=first_day, country_code="DE", country_name="Germany",
                   category_name="Pumps", **figures)  # fmt: skip
        insert("customer.customer_360", customer_key=KEY, customer_number="C-77", customer_name="Zoë Óbuda Kft",
               is_person=False, city="Óbuda", country_code="HU", country_name="Hungary", crm_system="crm",
               erp_system="sap", source_records=2, first_order_date="2022-01-02", last_order_date="2024-01-10",
               orders=361, order_lines=361, revenue_group=100, margin_group=25, revenue_last_12_months_group=100,
               average_order_group=0.28, days_since_last_order=0, **(STANDING if with_everything else {}))  # fmt: skip
        insert("customer.customer_360", customer_key=KEY - 1, customer_number="C-78", customer_name="Another",
               is_person=True, orders=0, order_lines=0, revenue_group=0, margin_group=0, source_records=1)  # fmt: skip
        said = [
            (4, "E-mail", "purchasing@obuda-szivattyu.example", "account", "crm", LONG_ID, True),
            (4, "E-mail", "orders@obuda-szivattyu.example", "business_partner", "sap", "0000004711", False),
            (11, "City", "Óbuda", "business_partner", "sap", "0000004711", True),
            (11, "City", "Buda", "account", "crm", LONG_ID, False),
        ]
        for order, attribute, value, record_type, system, source_id, is_golden in said:
            insert("customer.customer_attribute", customer_key=KEY, attribute_order=order, attribute=attribute,
                   attribute_value=value, record_type=record_type, source_system=system, source_id=source_id,
                   is_golden=is_golden, reason="Goods arrive <there>")  # fmt: skip
        insert("customer.customer_order_line", customer_key=KEY, sales_order_key=5, order_number="SO-1",
               line_number="10", order_date="2024-01-10", product_name="Pump", category_name="Pumps", quantity=1,
               unit_price_document=7, document_currency="EUR", net_amount_document=7, net_amount_group=7,
               source_system="sap")  # fmt: skip
        insert("quality.load_account", batch_id=1, source_system="crm", table_name="account", load_kind="full",
               landed_at="2024-01-11 06:00:00", rows_read=3, rows_quarantined=1, rows_admitted=2, rows_unchanged=0,
               rows_deleted=0, rows_current=2)  # fmt: skip
        insert("quality.contract_result", batch_id=1, source_system="crm", table_name="account",
               rule="name is <b>there</b>", column_name="name", severity="quarantine", rows_broken=1)  # fmt: skip
        insert("quality.trust_score", mart="sales.revenue_month", subject="sales", score=99, light="green")
        insert("quality.trust_score", mart="finance.ar_ageing", subject="finance", score=60, light="red",
               reconciliation_break_rate=0.07, worst_part="reconciliation")  # fmt: skip
        for period, difference in (("2023-11", 0), ("2023-12", -40)):
            insert("quality.reconciliation", check_name="debits_equal_credits", company="1000", period=period, expected=100,
                   actual=100 + difference, difference=difference, status="break" if difference else "ok", severity="mark",
                   documents="1000/4711/2023, 1000/<b>4712</b>/2023" if difference else None)  # fmt: skip
        insert("quality.freshness", source_system="crm", table_name="account", batches=1, last_extracted_date="2024-01-10",
               row_count=2, age_days=0, status="ok")  # fmt: skip
        if with_everything:
            add_books_and_deals(insert)
            add_stock(insert)
        insert_rows(connection, rows)
        connection.commit()
    move_into_place(aside, version_file(home, number))
    pointer = home.published / "CURRENT.aside"
    pointer.write_text(f"{number}\n", encoding="ascii")
    move_into_place(pointer, home.published / POINTER)
