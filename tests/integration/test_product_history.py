"""A new cost or name of a product, or address of a customer, holds from its day on: what was before stays, to the cent."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.demo.drops import advance
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import read_published
from tests.extracts import demo_settings

HISTORY_END = date(2024, 6, 30)
LAST_DAY = date(2024, 7, 4)
LINES = "select source_id, order_date, product_key, quantity, net_amount_group, cost_amount_group from core.fct_sales_order_line"
Lines = dict[str, tuple[Any, ...]]


class Company:
    """A company without any mess that lives on, with a run now and then."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.extracts = settings.home.root / "demo" / "extracts" / "sap"
        self.lines_after: dict[date, Lines] = {}

    def ask(self, query: str) -> list[Any]:
        star, _ = read_published(self.settings.home)
        try:
            return star.execute(query).fetchall()
        finally:
            star.close()

    def lines(self) -> Lines:
        return {row[0]: row[1:] for row in self.ask(LINES)}

    def run(self) -> str:
        with State(self.settings.state_url.get_secret_value()) as state:
            return run(self.settings, state).mode

    def deliver(self, table: str, day: date, row: dict[str, str]) -> None:
        """One more file of a day, which says something else of a record than the files before it."""
        with (self.extracts / table / f"{day}-late.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
            writer.writerow(row)

    def in_sap(self, table: str, condition: str) -> list[dict[str, str]]:
        """The rows that SAP wrote of a table, in the order of its files."""
        files = f"read_csv('{self.extracts}/{table}/*.csv', header = true, all_varchar = true, filename = true)"
        relation = duckdb.sql(f"from {files} where {condition} order by filename")
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
        return [{name: value or "" for name, value in row.items() if name != "filename"} for row in rows]


@pytest.fixture(scope="module")
def company(learned_demo: None, tmp_path_factory: pytest.TempPathFactory) -> Company:
    home = tmp_path_factory.mktemp("product-history")
    settings = demo_settings(home)
    settings.home.create()
    company, day = Company(settings), HISTORY_END
    advance(home / "demo", scale="tiny", mess=0, history_end=HISTORY_END)
    company.run()
    company.lines_after[day] = company.lines()
    for days in (1, 3):
        advance(home / "demo", days=days)
        day += timedelta(days=days)
        assert company.run() == "incremental"
        company.lines_after[day] = company.lines()
    return company


def _margin_of_months(lines: Lines, among: Lines) -> dict[str, Decimal]:
    margin: dict[str, Decimal] = {}
    for key in lines.keys() & among.keys():
        day, _, _, amount, cost = lines[key]
        margin[f"{day:%Y-%m}"] = margin.get(f"{day:%Y-%m}", Decimal(0)) + amount - cost
    return margin


def test_costs_change_with_receipts_of_goods_and_past_margins_do_not(company: Company) -> None:
    [(changed,)] = company.ask("select count(distinct cost_place_key) from conformed.product_cost where not is_current")
    assert changed, "no cost has changed in these days: the test shows nothing"
    first, last = company.lines_after[HISTORY_END], company.lines_after[LAST_DAY]
    before, after = _margin_of_months(first, last), _margin_of_months(last, first)
    assert len(before) > 6
    assert before == after


def test_a_line_costs_what_its_plant_said_on_its_day(company: Company) -> None:
    plants = {
        f"{row['VBELN']}/{row['POSNR']}": (row["MATNR"], row["WERKS"])
        for row in company.in_sap("VBAP", "WERKS is not null")
    }
    currencies = dict(company.ask("select warehouse_code, company_currency from conformed.product_cost group by all"))
    rates = {
        (currency, day): rate
        for currency, day, rate in company.ask(
            "select from_currency, rate_date, exchange_rate from conformed.exchange_rate_day"
        )
    }
    said: dict[tuple[str, str], dict[str, Decimal]] = {}
    for file in sorted((company.extracts / "MBEW").iterdir()):
        with file.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                price = Decimal(row["STPRS"] if row["VPRSV"] == "S" else row["VERPR"]) / int(row["PEINH"])
                said.setdefault((row["MATNR"], row["BWKEY"]), {})[file.stem] = price
    compared = 0
    for key, (day, _, quantity, _, cost) in company.lines_after[LAST_DAY].items():
        material, plant = plants[key]
        known = said[material, plant]
        price = known[max((on for on in known if on <= str(day)), default=min(known))]
        rate = Decimal(1) if currencies[plant] == "EUR" else rates[currencies[plant], day]
        assert abs(cost - quantity * price * rate) <= Decimal("0.005"), key
        compared += day > HISTORY_END
    assert compared > 3, "no line is new: the test shows nothing of new costs"


def test_news_of_a_product_make_anew_the_lines_of_their_day_alone(company: Company) -> None:
    before = company.lines_after[LAST_DAY]
    plants = {f"{row['VBELN']}/{row['POSNR']}": (row["MATNR"], row["WERKS"]) for row in company.in_sap("VBAP", "true")}
    newest = max(day for day, *_ in before.values())
    line = next(key for key, (day, *_) in sorted(before.items()) if day == newest)
    material, plant = plants[line]
    valuation = company.in_sap("MBEW", f"MATNR = '{material}' and BWKEY = '{plant}'")[-1]
    name = company.in_sap("MAKT", f"MATNR = '{material}' and SPRAS = 'E'")[-1]
    double = {column: str(2 * Decimal(valuation[column])) if valuation[column] else "" for column in ("STPRS", "VERPR")}
    company.deliver("MBEW", newest, valuation | double)
    company.deliver("MAKT", newest, name | {"MAKTX": "Another name"})
    assert company.run() == "incremental"

    after = company.lines()
    moved = {key for key in before if after[key] != before[key]}
    assert line in moved
    for key, (day, product, quantity, amount, cost) in before.items():
        is_concerned = day >= newest and plants[key] == (material, plant)
        expected = (day, product, quantity, amount, 2 * cost if is_concerned else cost)
        assert abs(after[key][-1] - expected[-1]) <= Decimal("0.01") * is_concerned, key
        assert after[key][:-1] == expected[:-1]
    [(made_anew,)] = company.ask("select count(distinct sales_order_line_key) from conformed.changed_sales_order_line")
    of_day = sum(day >= newest and plants[key][0] == material for key, (day, *_) in before.items())
    assert made_anew == of_day < len(before) / 100

    names = company.ask(
        "select product_name, valid_from, valid_to, is_current from core.dim_product"
        f" where product_number = ltrim('{material}', '0') order by valid_from"
    )
    assert names == [
        (name["MAKTX"], date(1900, 1, 1), newest, False),
        ("Another name", newest, date(9999, 12, 31), True),
    ]
    versions = company.ask(
        "select product.product_name, count(*), max(line.order_date) from core.fct_sales_order_line as line"
        " inner join core.dim_product as product using (product_version_key)"
        f" where product.product_number = ltrim('{material}', '0') group by all order by 3"
    )
    assert [version for version, _, _ in versions] == [name["MAKTX"], "Another name"]
    assert versions[0][2] < newest <= versions[1][2]


def test_news_of_a_customer_make_anew_the_lines_of_their_days_alone(company: Company) -> None:
    of_customer = """
        select line.source_id, line.order_date, customer.street, customer.customer_version_key
        from core.fct_sales_order_line as line inner join core.dim_customer as customer using (customer_version_key)
        where customer.customer_key = {} order by line.source_id
    """
    [(customer, number, newest)] = company.ask(
        "select customer_key, erp_source_id, max(order_date) from core.fct_sales_order_line as line"
        " inner join core.dim_customer as customer using (customer_key) where customer.is_current"
        " group by all having min(order_date) < max(order_date) order by max(order_date) desc, customer_key limit 1"
    )
    before = company.ask(of_customer.format(customer))
    record = company.in_sap("KNA1", f"KUNNR = '{number}'")[-1]
    company.deliver("KNA1", newest, record | {"STRAS": "Another street 1"})
    assert company.run() == "incremental"

    after = company.ask(of_customer.format(customer))
    [(known_from,)] = company.ask(
        f"select valid_from from core.dim_customer where is_current and customer_key = {customer}"
    )
    assert known_from == newest
    for was, now in zip(before, after, strict=True):
        if was[1] < known_from:
            assert now == was
        else:
            assert (now[2], now[3] == was[3]) == ("Another street 1", False)
    made_anew = company.ask("select count(distinct sales_order_line_key) from conformed.changed_sales_order_line")
    assert made_anew == [(sum(day >= known_from for _, day, *_ in before),)]


def test_a_cost_that_is_gone_leaves_the_past_its_margin(company: Company) -> None:
    before = company.lines()
    [(number, plant)] = company.ask(
        "select product_number, warehouse_code from conformed.product_cost where is_current and product_number in"
        " (select product_number from core.fct_sales_order_line join core.dim_product using (product_version_key))"
        " and unit_cost_company is not null order by all limit 1"
    )
    valuation = company.in_sap("MBEW", f"ltrim(MATNR, '0') = '{number}' and BWKEY = '{plant}'")[-1]
    company.deliver("MBEW", date(2024, 7, 5), valuation | {"ODQ_CHANGEMODE": "D"})
    assert company.run() == "incremental"
    assert company.lines() == before
    now = company.ask(
        "select unit_cost_company, valid_from from conformed.product_cost"
        f" where product_number = '{number}' and warehouse_code = '{plant}' and is_current"
    )
    assert now == [(None, date(2024, 7, 5))]
