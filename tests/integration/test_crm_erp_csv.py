"""The main job on real input: the six extracts of a bicycle seller become customers, products and sales."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.run import RunAccount, run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask
from tests.extracts import SHARED_DATA, example_settings

EXTRACTS = SHARED_DATA / "crm_erp_csv"

pytestmark = pytest.mark.skipif(not EXTRACTS.is_dir(), reason="the real extracts are not on this machine")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return example_settings(EXTRACTS, tmp_path_factory.mktemp("crm-erp-csv"))


@pytest.fixture(scope="module")
def account(settings: Settings) -> Iterator[RunAccount]:
    settings.home.create()
    with State(settings.state_url.get_secret_value()) as state:
        yield run(settings, state)


def _rows(name: str) -> list[dict[str, str]]:
    with (EXTRACTS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _one(settings: Settings, query: str) -> tuple[Any, ...]:
    return ask(settings.home, query, limit=1).rows[0]


def test_every_row_is_accounted_for(account: RunAccount) -> None:
    tables = {table.name: table for table in account.tables}
    assert {name: table.read for name, table in tables.items()} == {
        "crm.cust_info": len(_rows("source_crm/cust_info.csv")),
        "crm.prd_info": len(_rows("source_crm/prd_info.csv")),
        "crm.sales_details": len(_rows("source_crm/sales_details.csv")),
        "erp.CUST_AZ12": len(_rows("source_erp/CUST_AZ12.csv")),
        "erp.LOC_A101": len(_rows("source_erp/LOC_A101.csv")),
        "erp.PX_CAT_G1V2": len(_rows("source_erp/PX_CAT_G1V2.csv")),
    }
    for table in tables.values():
        assert table.read == table.quarantined + table.admitted + table.unchanged
        assert table.current == table.admitted
    # four rows without a number, and six that an extract repeats for a customer who changed
    assert tables["crm.cust_info"].quarantined == 10
    assert sum(table.quarantined for table in tables.values()) == 10


def test_all_customers_meet_their_erp_rows(account: RunAccount, settings: Settings) -> None:
    known, met = _one(
        settings,
        "select count(*), count(*) filter (crm_source_id is not null and erp_source_id is not null) "
        "from core.dim_customer where customer_key <> -1",
    )
    assert (known, met) == (18_484, 18_484)
    by_records = ask(
        settings.home, "select distinct source_records from core.dim_customer where customer_key <> -1", limit=5
    )
    assert by_records.rows == [(2,)]


def test_every_sales_line_is_in_the_fact_with_the_amount_that_a_hand_count_gives(
    account: RunAccount, settings: Settings
) -> None:
    lines = _rows("source_crm/sales_details.csv")
    expected, corrected, estimated = Decimal(0), 0, 0
    for line in lines:
        quantity = Decimal(line["sls_quantity"])
        price = abs(Decimal(line["sls_price"] or 0)) or abs(Decimal(line["sls_sales"])) / quantity
        expected += round(quantity * price, 2)
        written = line["sls_sales"] and line["sls_price"]
        agrees = written and 0 < int(line["sls_sales"]) == int(quantity) * int(line["sls_price"])
        corrected += not agrees
        estimated += len(line["sls_order_dt"]) != 8
    found = _one(
        settings,
        "select count(*), sum(net_amount_group), count(*) filter (is_amount_corrected), "
        "count(*) filter (is_order_date_estimated), count(*) filter (customer_key = -1 or product_key = -1) "
        "from core.fct_sales_order_line",
    )
    assert found == (len(lines), expected, corrected, estimated, 0)
    assert (corrected, estimated) == (35, 19)


def test_marts_say_what_the_fact_says(account: RunAccount, settings: Settings) -> None:
    revenue, orders = _one(
        settings, "select sum(net_amount_group), count(distinct order_number) from core.fct_sales_order_line"
    )
    assert _one(settings, "select sum(revenue_group), sum(orders) from sales.revenue_month") == (revenue, orders)
    assert _one(settings, "select sum(revenue_group), sum(orders) from customer.customer_360") == (revenue, orders)


def test_a_line_points_at_the_version_of_its_product_that_was_true_on_its_date(
    account: RunAccount, settings: Settings
) -> None:
    wrong, versions = _one(
        settings,
        """
        select count(*) filter (line.order_date < product.valid_from or line.order_date >= product.valid_to),
            count(distinct product.product_version_key) - count(distinct product.product_key)
        from core.fct_sales_order_line as line
        inner join core.dim_product as product on line.product_version_key = product.product_version_key
        """,
    )
    assert wrong == 0
    assert versions > 0


def test_quarantine_keeps_the_rows_with_rule_and_line(account: RunAccount, settings: Settings) -> None:
    import duckdb

    files = [str(path) for path in settings.home.quarantine.rglob("*.parquet")]
    rows = duckdb.connect().execute("select line, rule, value from read_parquet(?) order by line", [files]).fetchall()
    assert len(rows) == 10
    raw = (EXTRACTS / "source_crm" / "cust_info.csv").read_text(encoding="utf-8").splitlines()
    keyless = [line for line, rule, _ in rows if rule.startswith("cst_id")]
    assert all(raw[line - 1].startswith(",") for line in keyless)
    assert len(keyless) == 4
    repeated = [(raw[line - 1].split(",")[0], value) for line, rule, value in rows if not rule.startswith("cst_id")]
    assert all(number == value for number, value in repeated)


def test_a_second_run_finds_nothing_new(account: RunAccount, settings: Settings) -> None:
    with State(settings.state_url.get_secret_value()) as state:
        again = run(settings, state)
    assert again.outcome == "unchanged"
    assert again.version == account.version
    assert [table.admitted for table in again.tables] == [0] * 6
    assert [table.read for table in again.tables] == [table.read for table in account.tables]


def test_the_extracts_are_not_in_the_repository() -> None:
    from pipelines.settings import REPOSITORY

    names = {path.name for path in EXTRACTS.rglob("*.csv")}
    inside = [path for path in Path(REPOSITORY).rglob("*.csv") if path.name in names and ".venv" not in path.parts]
    assert not inside
