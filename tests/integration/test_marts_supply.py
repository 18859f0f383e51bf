"""Stock, purchases and production in the marts against the demo company, which knows what lies where and what it waits for."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.demo.drops import advance
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from tests.extracts import demo_settings
from tests.questions import rows_of

CHECKS = (
    "stock_value_equals_stock_accounts",
    "deliveries_equal_goods_issues",
    "receipts_equal_purchase_movements",
    "stock_equals_system_stock",
    "inventory_marts_equal_facts",
)
NOTICED = "caught_by in ('contract', 'reconciliation')"
"""Faults that take a row out of the warehouse, or make it say something else."""
LATE = "kind = 'late'"


def _asked(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """Ask what the company says of itself: ``{truth}`` and ``{state}`` are the folders of its truth and its last month."""
    demo = settings.home.root / "demo"
    state = max(
        (folder for folder in (demo / "world").iterdir() if folder.name.isdigit()), key=lambda folder: folder.name
    )
    with duckdb.connect() as connection:
        return connection.execute(query.format(truth=demo / "truth", state=state / "state")).fetchall()


def test_stock_of_every_month_is_the_truth(clean_company: Settings) -> None:
    true = _asked(
        clean_company,
        "select cast(material as varchar), cast(site as varchar), make_date(year, period, 1), quantity,"
        " cast(value / 100 as decimal(18, 2)) from '{truth}/stock_truth/*.parquet' where quantity <> 0 order by all",
    )
    there = rows_of(
        clean_company,
        "select product_number, warehouse_code, stock_month, quantity_on_hand, stock_value_company"
        " from inventory.stock_month where quantity_on_hand <> 0 or stock_value_company <> 0 order by all",
    )
    assert len(true) > 5_000
    assert there == true


def test_ages_and_first_in_first_out_cover_all_of_the_stock(clean_company: Settings) -> None:
    off = """
        select stock_month, product_key, warehouse_key
        from inventory.stock_month
        inner join (
            select stock_month, product_key, warehouse_key, sum(quantity_on_hand) as quantity,
                sum(stock_value_company) as company, sum(stock_value_group) as in_group
            from inventory.stock_ageing group by all
        ) using (stock_month, product_key, warehouse_key)
        where quantity_on_hand <> quantity or stock_value_company <> company or stock_value_group <> in_group
    """
    assert rows_of(clean_company, off) == []
    [(places, unexplained, without, months)] = rows_of(
        clean_company,
        "select count(*), count(*) filter (where fifo_value_company is null),"
        " count(*) filter (where quantity_on_hand = 0 and fifo_value_company <> 0), count(distinct stock_month)"
        " from inventory.valuation",
    )
    assert places > 2_000
    assert (unexplained, without, months) == (0, 0, 13)
    assert rows_of(clean_company, "select count(*) from inventory.stock_layer where receipt_date is null") == [(0,)]


def test_short_days_are_those_on_which_customers_really_waited(clean_company: Settings) -> None:
    true = _asked(
        clean_company,
        "select cast(material as varchar), cast(site as varchar), date '1970-01-01' + day"
        " from '{truth}/stockout/*.parquet' order by all",
    )
    short = rows_of(
        clean_company,
        "select product_number, warehouse_code, stock_date from inventory.stock_out_day"
        " inner join core.dim_product using (product_key) inner join core.dim_warehouse using (warehouse_key)"
        " where is_short and dim_product.is_current order by all",
    )
    assert len(true) > 100
    assert short == true
    assert rows_of(clean_company, "select sum(short_days) from inventory.service_level") == [(len(true),)]


@pytest.mark.parametrize(
    ("column", "state"),
    [
        ("reserved_quantity", "select material, site, sum(\"left\") from '{state}/open_demand.parquet'"),
        (
            "on_order_quantity",
            """
            select material, site, sum(arrival.quantity) from '{state}/arrival.parquet' as arrival
            inner join '{state}/purchase_item.parquet' using (ebeln, ebelp)
            """,
        ),
        ("in_production_quantity", "select material, site, sum(quantity) from '{state}/production_order.parquet'"),
        (
            "component_quantity",
            """
            select component, site, sum(production.quantity * bill.quantity)
            from '{state}/production_order.parquet' as production
            inner join '{state}/bill_of_material.parquet' as bill using (material) where started is null
            """,
        ),
        ("quantity_on_hand", "select material, site, sum(quantity) from '{state}/stock.parquet' where quantity <> 0"),
    ],
)
def test_today_is_what_the_company_has_owes_and_waits_for(clean_company: Settings, column: str, state: str) -> None:
    expected = sorted(
        (str(product), str(site), quantity)
        for product, site, quantity in _asked(clean_company, state + " group by all")
    )
    there = rows_of(
        clean_company,
        f"select product_number, warehouse_code, {column} from inventory.stock_today where {column} <> 0 order by all",
    )
    assert expected
    assert there == expected


def test_nothing_is_promised_that_is_not_there_or_on_its_way(clean_company: Settings) -> None:
    [(days, broken)] = rows_of(
        clean_company,
        "select count(*), count(*) filter (where available_quantity > greatest(projected_quantity, 0))"
        " from inventory.available_to_promise",
    )
    assert days > 100
    assert broken == 0
    off = """
        select product_key, warehouse_key
        from inventory.stock_today as today
        inner join (
            select product_key, warehouse_key, last(projected_quantity order by promise_date) as projected_quantity
            from inventory.available_to_promise group by all
        ) as promise using (product_key, warehouse_key)
        where today.position_quantity <> promise.projected_quantity
    """
    assert rows_of(clean_company, off) == []


def test_what_is_proposed_brings_stock_over_the_reorder_point(clean_company: Settings) -> None:
    [(places, proposed, too_little, without_need)] = rows_of(
        clean_company,
        "select count(*), count(*) filter (where proposed_quantity > 0),"
        " count(*) filter (where proposed_quantity > 0 and position_quantity + proposed_quantity < reorder_quantity"
        " and reason not like 'more is promised%'),"
        " count(*) filter (where proposed_quantity > 0 and position_quantity > reorder_quantity)"
        " from inventory.reorder_proposal",
    )
    assert places > 100
    assert proposed > 0
    assert (too_little, without_need) == (0, 0)


def test_classes_share_out_all_demand(clean_company: Settings) -> None:
    shares = dict(
        rows_of(
            clean_company,
            "select abc_class, sum(demand_value_share) from inventory.abc_xyz"
            " where is_current and abc_class <> 'none' group by all",
        )
    )
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["A"] >= 0.8
    assert shares["A"] > shares["B"] > shares["C"]


def test_purchases_agree_with_their_receipts_and_only_prices_with_invoices_do_not(clean_company: Settings) -> None:
    exceptions = {
        exception
        for (listed,) in rows_of(
            clean_company, "select distinct exceptions from procurement.three_way_match where not is_matched"
        )
        for exception in listed.split(", ")
    }
    assert exceptions == {"price above order", "price below order"}
    items = _asked(
        clean_company,
        "select ebeln || '/' || ebelp, received, invoiced from '{state}/purchase_item.parquet' order by all",
    )
    there = rows_of(
        clean_company,
        "select purchase_order_number || '/' || line_number, received_quantity, invoiced_quantity"
        " from procurement.purchase_cycle where received_quantity < quantity or invoiced_quantity < quantity order by all",
    )
    assert items
    assert there == items
    [(early, due)] = rows_of(
        clean_company,
        "select sum(on_time_lines), sum(due_lines) from procurement.supplier_scorecard where period_kind = 'month'",
    )
    assert due > 700
    assert 0.7 < early / due < 0.95


def test_production_takes_what_bills_of_material_say(clean_company: Settings) -> None:
    [(components, strange, off)] = rows_of(
        clean_company,
        "select count(*), count(*) filter (where not is_in_bill_of_material or unit_cost_group is null),"
        " count(*) filter (where usage_variance_group <> 0) from production.cost_variance_component",
    )
    assert components > 500
    assert (strange, off) == (0, 0)
    [(orders, off)] = rows_of(
        clean_company,
        "select count(*), count(*) filter (where planned_quantity <> yield_quantity + scrap_quantity"
        " or received_quantity <> yield_quantity) from production.yield_and_scrap where is_completed",
    )
    assert orders > 100
    assert off == 0
    assert rows_of(clean_company, "select sum(finished_orders) from production.throughput_month") == [(orders,)]


@pytest.mark.parametrize("check", CHECKS)
def test_no_check_breaks_in_a_company_without_mess(clean_company: Settings, check: str) -> None:
    rows = rows_of(clean_company, f"select expected, actual, documents from quality.check_{check}")
    assert rows
    assert any(expected for expected, _, _ in rows)
    assert [row for row in rows if row[0] != row[1] or row[2] is not None] == []


MUCH: dict[str, Any] = {"scale": "tiny", "mess": 15, "history_end": date(2024, 10, 31)}
"""A year of the company with many times the mess of the demo, so that every check has something to find."""


@pytest.fixture(scope="module")
def very_messy_company(messy_company: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("very_messy")
    settings = demo_settings(home)
    settings.home.create()
    advance(home / "demo", **MUCH)
    with State(settings.state_url.get_secret_value()) as state:
        run(settings, state)
    return settings


@dataclass(frozen=True)
class Line:
    """A line of a material document as SAP meant it."""

    place: str
    document: str
    movement: str
    delivery: str
    delivery_line: str
    has_purchase_order: bool


@dataclass(frozen=True)
class Mess:
    """A company with mess, and what its extracts say when no row of them is written wrongly."""

    settings: Settings
    lines: dict[str, Line]
    stock_postings: dict[str, tuple[str, bool]]

    def faults(self, table: str, where: str) -> list[str]:
        """The keys of the faulty rows of a table."""
        query = f"select key from '{{truth}}/fault/*.parquet' where table_name = '{table}' and {where}"
        return [key for (key,) in _asked(self.settings, query)]

    def moved(self, where: str) -> list[Line]:
        return [self.lines[key] for key in self.faults("MATDOC", where)]

    def documents(self, check: str) -> set[str]:
        listed = rows_of(self.settings, f"select documents from quality.check_{check} where documents is not null")
        return {document for (documents,) in listed for document in documents.split(", ")}


def _meant(extracts: Path) -> tuple[dict[str, Line], dict[str, tuple[str, bool]]]:
    """Every line of a material document, and for every posting on a stock account its document and whether goods moved."""
    with duckdb.connect() as connection:
        moved = connection.execute(
            "select concat_ws('/', MBLNR, MJAHR, ZEILE), ltrim(MATNR, '0') || '/' || WERKS, ltrim(MBLNR, '0') || '/' || MJAHR,"
            " BWART, coalesce(ltrim(VBELN_IM, '0'), ''), coalesce(VBELN_IM || '/' || VBELP_IM, ''), coalesce(EBELN, '') <> ''"
            f" from read_csv('{extracts}/MATDOC/*.csv', all_varchar = true)"
        ).fetchall()
        posted = connection.execute(
            "select concat_ws('/', RBUKRS, GJAHR, BELNR, DOCLN),"
            " case when AWTYP = 'MKPF' then ltrim(left(AWREF, 10), '0') else RBUKRS || '/' || ltrim(BELNR, '0') end"
            " || '/' || left(BUDAT, 4), AWTYP = 'MKPF'"
            f" from read_csv('{extracts}/ACDOCA/*.csv', all_varchar = true) where ltrim(RACCT, '0') between '300000' and '399999'"
        ).fetchall()
    return {key: Line(*rest) for key, *rest in moved}, {key: (document, moves) for key, document, moves in posted}


@pytest.fixture(scope="module", params=["messy_company", "very_messy_company"])
def messy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mess:
    settings: Settings = request.getfixturevalue(request.param)
    twin = tmp_path_factory.mktemp("twin") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.demo.mess.faults.FAULTS", {})
        advance(twin, **(MUCH if request.param == "very_messy_company" else {"scale": "tiny", "mess": 1}))
    return Mess(settings, *_meant(twin / "extracts" / "sap"))


def _assert_found(found: set[str], wrong: set[str], late: set[str]) -> None:
    """All that is wrong is found, and nothing else but rows that had not come yet."""
    assert wrong - found == set()
    assert found - wrong - late == set()


def test_the_marts_agree_with_the_facts_whatever_the_mess(messy: Mess) -> None:
    assert messy.documents("inventory_marts_equal_facts") == set()


def test_stock_that_the_system_does_not_have_is_where_movements_are_wrong(messy: Mess) -> None:
    wrong, late = ({line.place for line in messy.moved(where)} for where in (NOTICED, LATE))
    assert wrong
    _assert_found(messy.documents("stock_equals_system_stock"), wrong, late)


def test_documents_that_the_ledger_does_not_agree_with_are_those_with_a_fault(messy: Mess) -> None:
    """A new price is a posting only, and wrong for the check only when nobody knows its account."""

    def posted(where: str, *, moves: bool) -> set[str]:
        known = [messy.stock_postings[key] for key in messy.faults("ACDOCA", where) if key in messy.stock_postings]
        return {document for document, is_movement in known if is_movement or not moves}

    wrong = {line.document for line in messy.moved(NOTICED)}
    wrong |= posted(NOTICED, moves=True) | posted("caught_by = 'report'", moves=False)
    late = {line.document for line in messy.moved(LATE)} | posted(LATE, moves=False)
    _assert_found(messy.documents("stock_value_equals_stock_accounts"), wrong, late)


def test_deliveries_that_differ_from_their_movements_are_those_with_a_fault(messy: Mess) -> None:
    """A movement without a delivery is named by its document, everything else by the delivery."""

    def named(where: str) -> set[str]:
        lines, heads = set(messy.faults("LIPS", where)), set(messy.faults("LIKP", where))
        alone = {
            line.document
            for line in messy.lines.values()
            if line.delivery and (line.delivery_line in lines or line.delivery_line.split("/")[0] in heads)
        }
        return alone | {line.delivery for line in messy.moved(where) if line.delivery}

    _assert_found(messy.documents("deliveries_equal_goods_issues"), named(NOTICED), named(LATE))


def test_receipts_that_differ_from_their_movements_are_those_with_a_fault(messy: Mess) -> None:
    def named(where: str) -> set[str]:
        receipts = [key.split("/") for key in messy.faults("EKBE", where)]
        bought = {
            line.document
            for line in messy.moved(where)
            if line.has_purchase_order and line.movement in {"101", "102", "122"}
        }
        return bought | {f"{number}/{year}" for _, _, event, year, number, _ in receipts if event == "1"}

    _assert_found(messy.documents("receipts_equal_purchase_movements"), named(NOTICED), named(LATE))
