"""The score of checks and balances: what it calls found, explained and exact, on a few documents whose truth is written here."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.demo.mess.faults import TRUTH
from pipelines.demo.scoring.score_books import judge_books
from pipelines.demo.scoring.score_reconciliation import AWAITED_DAYS, judge_reconciliation
from pipelines.home import Home
from pipelines.settings import REPOSITORY

AS_OF = 20_000
CRM, ERP = "salesforce/001A", "sap/0000000007"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with an empty truth, of a company that delivered nothing."""
    home = Home(tmp_path)
    home.create()
    (tmp_path / "demo" / "truth").mkdir(parents=True)
    return home


def write(home: Home, table: str, *rows: dict[str, Any]) -> None:
    """Rows of a table of the truth."""
    folder = home.root / "demo" / "truth" / table
    folder.mkdir(exist_ok=True)
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(folder / "a.parquet")


def publish(home: Home, *statements: str) -> None:
    """A version made by ``statements``."""
    with duckdb.connect(str(home.published / "warehouse-000001.duckdb")) as connection:
        for statement in ("create schema quality", "create schema finance", *statements):
            connection.execute(statement)
    (home.published / "CURRENT").write_text("1\n", encoding="ascii")


def publish_breaks(home: Home, **documents: str) -> None:
    """A version whose checks name some documents."""
    rows = ", ".join(f"('{check}', 'break', '{names}')" for check, names in documents.items())
    publish(
        home,
        f"create table quality.reconciliation as from (values {rows}, ('good', 'ok', null)) as t (check_name, status, documents)",
    )


def fault(table: str, key: str, caught_by: str, **more: str | None) -> dict[str, Any]:
    """A fault as the truth writes it."""
    nothing = dict.fromkeys(("column_name", "true_value", "written_value"))
    plain = {"day": AS_OF, "system": "sap", "table_name": table, "key": key, "kind": "wrong", "caught_by": caught_by}
    return {**nothing, **plain, **more}


def judged(home: Home, *faults: dict[str, Any], drops: list[tuple[Any, ...]] | None = None) -> dict[str, Any]:
    """The score of the version, with what could not be judged as ``skipped``."""
    skipped: list[dict[str, str]] = []
    schema = {"system": pl.String, "table_name": pl.String, "batch_id": pl.Int64}
    batches = pl.DataFrame(drops or [], schema=schema, orient="row")
    result = judge_reconciliation(
        home, home.root / "demo" / "truth", pl.DataFrame(list(faults), schema=TRUTH), batches, AS_OF, skipped
    )
    assert result is not None
    return {**result, "skipped": [entry["reason"] for entry in skipped]}


def test_document_is_found_and_explained_by_its_fault_only(home: Home) -> None:
    publish_breaks(home, debits_equal_credits="1000/49/2025, 1000/50/2025")
    result = judged(
        home,
        fault("ACDOCA", "1000/2025/0000000049/000001", "reconciliation"),
        fault("ACDOCA", "1000/2025/0000000051/000001", "reconciliation"),
        fault("ACDOCA", "1000/2025/0000000050/000001", "none", kind="repeated"),
    )
    assert (result["faults"], result["found"], result["recall"]) == (2, 1, 0.5)
    assert (result["documents"], result["explained"], result["precision"]) == (2, 1, 0.5)
    assert result["examples"]["unexplained"] == [{"check_name": "debits_equal_credits", "document": "1000/50/2025"}]
    assert [row["what"] for row in result["examples"]["missed"]] == ["sap.ACDOCA 1000/2025/0000000051/000001"]


def test_refused_row_explains_what_it_should_have_said(home: Home) -> None:
    row = {"MBLNR": "0000000012", "MJAHR": 2025, "ZEILE": "000001", "MATNR": None, "WERKS": "1100"}
    folder = home.quarantine / "sap" / "MATDOC"
    folder.mkdir(parents=True)
    pl.DataFrame({"row": [json.dumps(row)]}).write_parquet(folder / "00000003.parquet")
    publish_breaks(home, stock_equals_system_stock="77/1100, 78/1100")
    wrong = fault("MATDOC", "0000000012/2025/000001", "contract", true_value="000000000000000077", column_name="MATNR")
    result = judged(home, wrong, drops=[("sap", "MATDOC", 3)])
    assert [entry["document"] for entry in result["examples"]["unexplained"]] == ["78/1100"]


def test_movement_that_never_came_explains_the_delivery_that_its_entry_names(home: Home) -> None:
    extracts = home.root / "demo" / "extracts" / "sap"
    for table, text in {
        "BKPF": "AWTYP,AWKEY,GJAHR,XBLNR\nMKPF,4900000001,2025,80000005\n",
        "LIPS": "VBELN,LFIMG,MATNR,WERKS\n0080000005,3.000,0077,1100\n0080000005,9.000,0078,1100\n",
    }.items():
        (extracts / table).mkdir(parents=True)
        (extracts / table / "2025-01-31.csv").write_text(text, encoding="utf-8")
    publish_breaks(
        home, deliveries_equal_goods_issues="80000005, 80000006", stock_equals_system_stock="77/1100, 78/1100"
    )
    result = judged(
        home, fault("MATDOC", "4900000001/2025/000001", "reconciliation", kind="dropped", true_value="-3.000")
    )
    assert {entry["document"] for entry in result["examples"]["unexplained"]} == {"80000006", "78/1100"}


@pytest.mark.parametrize(
    ("table", "row", "explained"),
    [
        ("identity_mess", {"system": "salesforce", "source_id": "001A", "field": "vat", "kind": "typo"}, {"tax_id"}),
        ("identity_mess", {"system": "salesforce", "source_id": "001B", "field": "vat", "kind": "typo"}, set()),
        ("party_change", {"party": 1, "kind": "new_name", "day": AS_OF, "in_crm": True, "in_erp": False}, {"name"}),
        ("party_change", {"party": 1, "kind": "move", "day": AS_OF, "in_crm": True, "in_erp": False}, {"city"}),
        ("party_change", {"party": 1, "kind": "move", "day": AS_OF + 1, "in_crm": True, "in_erp": False}, set()),
        ("party_change", {"party": 2, "kind": "move", "day": AS_OF, "in_crm": True, "in_erp": False}, set()),
    ],
)
def test_attribute_is_explained_by_what_befell_that_record_and_attribute(
    home: Home, table: str, row: dict[str, Any], explained: set[str]
) -> None:
    write(
        home,
        "identity",
        {"system": "sap", "source_table": "KNA1", "source_id": "0000000007", "party": 1, "role": "principal"},
        {"system": "salesforce", "source_table": "Account", "source_id": "001A", "party": 1, "role": "principal"},
    )
    write(home, table, row)
    attributes = ("name", "city", "tax_id", "country")
    publish_breaks(
        home, customer_master_agrees=", ".join(f"{attribute} of {CRM} and {ERP}" for attribute in attributes)
    )
    result = judged(home)
    unexplained = {entry["document"].split()[0] for entry in result["examples"]["unexplained"]}
    assert set(attributes) - unexplained == explained


def test_faulty_or_refused_record_explains_its_attributes(home: Home) -> None:
    publish_breaks(home, customer_master_agrees=f"name of {CRM} and {ERP}, city of {CRM} and {ERP}")
    country = judged(home, fault("KNA1", "0000000007", "report", column_name="NAME1"))
    assert [entry["document"][:4] for entry in country["examples"]["unexplained"]] == ["city"]
    assert judged(home, fault("KNA1", "0000000007", "contract", column_name="LAND1"))["precision"] == 1.0


def test_order_may_follow_its_deal_and_a_refused_deal_cannot_be_named(home: Home) -> None:
    days = {
        "found": AS_OF - AWAITED_DAYS,
        "missed": 1,
        "awaited": AS_OF - AWAITED_DAYS + 1,
        "refused": 1,
        "later": AS_OF + 1,
    }
    write(
        home, "crm_erp_break", *({"opportunity_id": deal, "kind": "no_order", "day": day} for deal, day in days.items())
    )
    publish_breaks(home, won_deals_equal_orders="found, awaited")
    result = judged(home, fault("Opportunity", "refused", "contract"))
    assert (result["faults"], result["found"]) == (2, 1)
    assert result["precision"] == 1.0
    assert [row["what"] for row in result["examples"]["missed"]] == ["missed"]
    assert [reason.split(" ")[0] for reason in result["skipped"]] == ["1", "1"]


def test_the_days_that_an_order_may_take_are_those_of_the_models() -> None:
    project = (REPOSITORY / "dbt_project.yml").read_text(encoding="utf-8")
    assert re.findall(r"order_follows_days: (\d+)", project) == [f"{AWAITED_DAYS}"]


def test_version_without_checks_is_not_judged(home: Home) -> None:
    publish(home)
    skipped: list[dict[str, str]] = []
    truth = home.root / "demo" / "truth"
    assert judge_reconciliation(home, truth, pl.DataFrame(schema=TRUTH), pl.DataFrame(), AS_OF, skipped) is None
    assert [entry["section"] for entry in skipped] == ["reconciliation"]


def test_balances_are_compared_to_the_cent_and_only_for_months_that_are_over(home: Home) -> None:
    balance = {"company": 1000, "account": 100000, "year": 2024}
    write(
        home,
        "balance",
        *({**balance, "period": period, "closing": cents} for period, cents in ((8, 1_00), (9, 2_00), (11, 5_00))),
    )
    publish(
        home,
        "create table finance.trial_balance as select '1000' as company_code, '0000100000' as account_number, * from (values "
        "(date '2024-08-31', 1.00), (date '2024-09-30', 2.03), (date '2024-10-31', 4.00)) as t "
        "(period_end_date, closing_amount_company)",
    )
    skipped: list[dict[str, str]] = []
    books = judge_books(home, home.root / "demo" / "truth", AS_OF, skipped)  # 4 October 2024
    book = books["balance"]
    assert book is not None
    assert (book["compared"], book["exact"], book["difference_cents"]) == (3, 1, 4_03)
    assert books["open_item_balance"] is None
    assert {entry["section"] for entry in skipped} == {"books.open_item_balance", "books.stock_balance"}
