"""Goods, purchasing and stock in the star add up to what the ERP of a company without any mess says of them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.settings import Settings
from pipelines.warehouse import read_published

HISTORY_END = date(2026, 10, 31)
IN_YEN = "case currency when 'JPY' then 100 else 1 end"
"""SAP stores amounts with two decimals whatever the currency."""


class Company:
    """The published star and the extracts that it was made of, as SAP wrote them: one drop, the last version of every row."""

    def __init__(self, star: duckdb.DuckDBPyConnection, extracts: Path) -> None:
        self.star = star
        self.extracts = duckdb.connect()
        for folder in sorted(extracts.iterdir()):
            self.extracts.execute(
                f"create view {folder.name} as select * from read_csv('{folder}/*.csv', all_varchar = true)"
                " where ODQ_CHANGEMODE <> 'D'"
            )

    def in_star(self, query: str) -> list[Any]:
        return self.star.execute(query).fetchall()

    def in_sap(self, query: str) -> list[Any]:
        return self.extracts.execute(query).fetchall()


@pytest.fixture(scope="module")
def company(clean_company: Settings) -> Iterator[Company]:
    star, _ = read_published(clean_company.home)
    yield Company(star, clean_company.home.root / "demo" / "extracts" / "sap")
    star.close()


def test_movements_add_up_to_the_stock_of_every_storage_location(company: Company) -> None:
    moved = company.in_star(
        "select product_number, warehouse_code, storage_location_code, sum(quantity) from core.fct_stock_movement"
        " where movement_kind <> 'revaluation' group by all having sum(quantity) <> 0 order by all"
    )
    there = company.in_sap(
        "select ltrim(MATNR, '0'), WERKS, LGORT, cast(LABST as decimal(18, 3)) from MARD where LABST::double <> 0 order by all"
    )
    assert len(there) > 50
    assert moved == there


def test_stock_ends_where_the_erp_says_in_quantity_and_worth_without_any_opening(company: Company) -> None:
    levels = company.in_star(
        "select product_number, warehouse_code, quantity_on_hand, stock_value_company from core.fct_stock_level"
        " where valid_to = date '9999-12-31' and (quantity_on_hand <> 0 or stock_value_company <> 0) order by all"
    )
    valued = company.in_sap(
        "select ltrim(MATNR, '0'), BWKEY, cast(LBKUM as decimal(18, 3)), cast(SALK3 as decimal(18, 2)) from MBEW"
        " where LBKUM::double <> 0 or SALK3::double <> 0 order by all"
    )
    assert levels == valued
    assert company.in_star("select count(*) from core.fct_stock_level where is_opening") == [(0,)]
    assert company.in_star("select count(*) from core.fct_stock_level where quantity_on_hand < 0") == [(0,)]


def test_every_day_has_the_stock_of_its_last_movement_once(company: Company) -> None:
    [(rows, keys, gaps)] = company.in_star(
        "select count(*), count(distinct (stock_date, stock_place_key)),"
        " sum((next_date <> stock_date + 1)::int) from ("
        " select *, lead(stock_date) over (partition by stock_place_key order by stock_date) as next_date"
        " from core.fct_stock_day)"
    )
    assert rows == keys > 10_000
    assert gaps == 0
    day = "(select max(stock_date) from core.fct_stock_day)"
    assert company.in_star(f"select sum(quantity_on_hand) from core.fct_stock_day where stock_date = {day}") == (
        company.in_star("select sum(quantity) from core.fct_stock_movement")
    )


def test_what_is_delivered_and_comes_back_is_in_the_star_once_and_not_more_than_was_ordered(company: Company) -> None:
    for fact, category in (("fct_delivery_line", "J"), ("fct_return_line", "T")):
        lines = company.in_star(f"select count(*), sum(quantity) from core.{fact}")
        assert lines[0][0] > 0
        assert lines == company.in_sap(
            "select count(*), sum(LFIMG::decimal(18, 3)) from LIPS join LIKP using (VBELN)"
            f" where LIKP.VBTYP = '{category}'"
        )
    [(delivered, without, too_much)] = company.in_star(
        "select count(*), count(*) filter (where quantity is null), count(*) filter (where delivered > quantity)"
        " from (select sales_order_line_key, sum(quantity) as delivered from core.fct_delivery_line group by all)"
        " left join core.fct_sales_order_line using (sales_order_line_key)"
    )
    assert delivered > 0
    assert (without, too_much) == (0, 0)
    assert company.in_star(
        "select count(*) from core.fct_return_line left join core.fct_invoice_line using (invoice_line_key)"
        " where fct_invoice_line.invoice_number is null"
    ) == [(0,)]


def test_invoices_add_up_to_what_was_billed_less_what_was_taken_back(company: Company) -> None:
    billed = company.in_sap(
        f"select currency, sum(sign * net * {IN_YEN})::decimal(18, 2), sum(sign * tax * {IN_YEN})::decimal(18, 2),"
        f" sum(sign * cost * {IN_YEN})::decimal(18, 2), count(*) from ("
        " select WAERK as currency, case when VBTYP in ('O', 'N') then -1 else 1 end as sign,"
        " NETWR_1::decimal(18, 2) as net, MWSBP::decimal(18, 2) as tax, WAVWR::decimal(18, 2) as cost"
        " from (select VBRP.* exclude (NETWR), VBRP.NETWR as NETWR_1, WAERK, VBTYP from VBRP join VBRK using (VBELN)))"
        " group by all order by all"
    )
    star = company.in_star(
        "select document_currency, sum(net_amount_document), sum(tax_amount_document), sum(cost_amount_document), count(*)"
        " from core.fct_invoice_line group by all order by all"
    )
    assert [row[0] for row in billed] == ["EUR", "GBP", "JPY", "USD"]
    assert star == billed
    assert company.in_star(
        "select count(*) from (select sum(net_amount_company) as company, sum(net_amount_group) as in_group"
        " from core.fct_invoice_line where is_cancelled or is_cancellation) where company <> 0 or in_group <> 0"
    ) == [(0,)]


def test_cost_of_goods_sold_is_what_the_deliveries_took_from_stock(company: Company) -> None:
    [(off, lines)] = company.in_star(
        "select max(abs(line.cost_amount_company + movement.stock_value_company)), count(*)"
        " from core.fct_invoice_line as line join core.fct_stock_movement as movement using (delivery_line_key)"
        " where line.invoice_type = 'invoice' and line.document_currency = line.company_currency"
    )
    assert lines > 100
    assert off == Decimal(0)


def test_receipts_are_the_movements_and_the_progress_of_their_orders(company: Company) -> None:
    assert company.in_star(
        "select count(*) from core.fct_goods_receipt_line as receipt left join core.fct_stock_movement as movement"
        " using (stock_movement_key) where receipt.quantity is distinct from movement.quantity"
    ) == [(0,)]
    differences = company.in_star(
        "select count(*), count(*) filter (where coalesce(received, 0) <> received_quantity)"
        " from core.fct_purchase_order_line left join ("
        " select purchase_order_line_key, sum(quantity) as received from core.fct_goods_receipt_line group by all)"
        " using (purchase_order_line_key)"
    )
    assert differences[0][0] > 50
    assert differences[0][1] == 0


def test_production_puts_on_stock_what_it_yields(company: Company) -> None:
    [(orders, differences)] = company.in_star(
        "select count(*), count(*) filter (where made <> yield_quantity) from core.fct_production_order join ("
        " select production_order_key, sum(quantity) as made from core.fct_stock_movement"
        " where movement_kind = 'production_receipt' group by all) using (production_order_key)"
    )
    assert orders > 10
    assert differences == 0
    assert company.in_star(
        "select count(*) filter (where quantity <= 0), count(*) filter (where production_order_key is null)"
        " from core.fct_production_consumption"
    ) == [(0, 0)]


def test_the_sites_of_a_customer_weigh_one_together(company: Company) -> None:
    [(customers, wrong)] = company.in_star(
        "select count(*), count(*) filter (where abs(weight - 1) > 1e-9) from ("
        " select customer_source_id, sum(weight) as weight from core.bridge_customer_site group by all)"
    )
    assert customers > 50
    assert wrong == 0
