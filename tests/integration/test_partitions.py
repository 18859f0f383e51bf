"""Marts that are made by parts make anew the parts with news, as they are and as they were, and no others."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask, current_version, version_file
from tests.extracts import example_copy, sale, small_company

MADE_ANEW = """
    select distinct changed.sales_month, product.product_number
    from sales.changed_year_on_year_month as changed
    inner join sales.year_on_year_month as made using (sales_month, product_key, customer_key)
    inner join core.dim_product as product on changed.product_key = product.product_key and product.is_current
    order by 1, 2
"""
CELLS = """
    select changed.sales_month, product.product_number, customer.customer_number
    from core.changed_sales_cell as changed
    inner join core.dim_product as product on changed.product_key = product.product_key and product.is_current
    inner join core.dim_customer as customer on changed.customer_key = customer.customer_key and customer.is_current
    order by 1, 2, 3
"""

FIRST_MONTH = """
    select min(rfm_month) from customer.customer_rfm_month
    where customer_key in (select customer_key from core.dim_customer where customer_number = 'AW00000005')
"""


def _rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in ask(settings.home, query, limit=1000).rows]


def test_a_corrected_line_makes_anew_where_it_was_and_where_it_is(small_example: Path, tmp_path: Path) -> None:
    settings, company = example_copy(small_example, tmp_path), small_company()
    assert _rows(settings, MADE_ANEW) == [], "a full build makes everything, and changes nothing"

    company.sales["SO2", "HEL-01"] = sale("SO2", "HEL-01", buyer=6, day=20240607)  # it was customer 5, on 5 May
    company.write(tmp_path / "extracts")
    with State(settings.state_url.get_secret_value()) as state:
        assert run(settings, state).mode == "incremental"

    may, june = date(2024, 5, 1), date(2024, 6, 1)
    assert [(month, buyer) for month, _, buyer in _rows(settings, CELLS)] == [(may, "AW00000005"), (june, "AW00000006")]
    assert [month for month, _ in _rows(settings, MADE_ANEW)] == [june], "the other months are kept"
    months = _rows(settings, "select distinct sales_month from sales.year_on_year_month")
    assert (june,) in months
    assert (may,) not in months, "nothing was sold in May any more"
    assert _rows(settings, FIRST_MONTH) == [(date(2024, 11, 1),)], "customer 5 has only the order of November left"


@pytest.mark.parametrize("news", ["corrected", "none of sales"])
def test_customers_without_news_keep_their_rows(small_example: Path, tmp_path: Path, news: str) -> None:
    """Their rows are marked by hand in what is published: made anew, a row would lose its mark."""
    settings, company = example_copy(small_example, tmp_path), small_company()
    marked = {"customer_sales": "order_days = 1000000", "customer_order_month": "last_order_date = date '1900-01-01'"}
    with duckdb.connect(str(version_file(settings.home, current_version(settings.home) or 0))) as connection:
        for table, mark in marked.items():
            connection.execute(f"update customer.{table} set {mark}")

    if news == "corrected":
        company.sales["SO2", "HEL-01"] = sale("SO2", "HEL-01", buyer=6, day=20240607)  # it was customer 5, on 5 May
    else:
        company.places["AW-00000002"] = ["AW-00000002", "France"]
    company.write(tmp_path / "extracts")
    with State(settings.state_url.get_secret_value()) as state:
        assert run(settings, state).mode == "incremental"

    touched = ["AW00000005", "AW00000006"] if news == "corrected" else []
    for table, mark in marked.items():
        made = f"""
            select customer_number, bool_or({mark}), bool_and({mark})
            from customer.{table} inner join core.dim_customer using (customer_key) where is_current group by 1 order by 1
        """
        rows = _rows(settings, made)
        assert len(rows) == 6
        assert rows == [(number, number not in touched, number not in touched) for number, *_ in rows], table
