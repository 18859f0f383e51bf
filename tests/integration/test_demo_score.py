"""The score says what the door really did with what was really wrong."""

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.console import Console

from pipelines.demo.calendar import as_date
from pipelines.demo.mess.faults import FAULT, corrupt, mark
from pipelines.demo.scoring.score import print_score, score
from pipelines.demo.shapes import SHAPES
from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.ingest.tables import ingest_table
from pipelines.settings import Settings, load_settings
from pipelines.state import State, Version
from tests.extracts import environment
from tests.unit.demo.versions import DAY, clean_versions

TABLES = ("sap/VBAP", "sap/VBAK")
CONFIGURATION = """
[sources.sap]
kind = "files"
path = "{home}/demo/extracts/sap"

[sources.sap.tables.VBAP]
file = "VBAP/*.csv"
load = "delta"
key = ["VBELN", "POSNR"]
columns = {{ VBELN = "text", POSNR = "integer", MATNR = "text", KWMENG = "decimal(18,3)", NETPR = "decimal(18,2)", \
KPEIN = "integer", NETWR = "decimal(18,2)", ODQ_CHANGEMODE = "text" }}
operation = {{ column = "ODQ_CHANGEMODE", delete = ["D"] }}
rules = [
    {{ name = "the material is there", expect = "column_values_to_not_be_null", column = "MATNR" }},
    {{ name = "the quantity is positive", sql = "KWMENG > 0", column = "KWMENG" }},
    {{ name = "the price is for some units", sql = "KPEIN > 0", column = "KPEIN" }},
    {{ name = "the amount is not beyond belief", sql = "NETWR < 1000", column = "NETWR", severity = "report" }},
]

[sources.sap.tables.VBAK]
file = "VBAK/*.csv"
load = "delta"
key = ["VBELN"]
columns = {{ VBELN = "text", AUDAT = "text", KUNNR = "text", WAERK = "text", ODQ_CHANGEMODE = "text" }}
operation = {{ column = "ODQ_CHANGEMODE", delete = ["D"] }}
rules = [
    {{ name = "the currency is there", expect = "column_values_to_not_be_null", column = "WAERK" }},
    {{ name = "the customer is there", expect = "column_values_to_not_be_null", column = "KUNNR", severity = "report" }},
]
"""


def settings_of(folder: Path, configuration: str = CONFIGURATION) -> Settings:
    """The settings of a warehouse in ``folder``/.concord that reads two tables of the demo company."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "concord.toml"
    home = folder / ".concord"
    file.write_text(configuration.format(home=home), encoding="utf-8")
    with environment(CONCORD_HOME=str(home)):  # whatever the shell says
        return load_settings(file)


def deliver(settings: Settings, *, mess: float = 40.0, rows: int = 3_000) -> None:
    """Write the extracts of a month, a drop a fortnight, and the truth about them."""
    demo = settings.home.root / "demo"
    (demo / "truth" / "fault").mkdir(parents=True)
    for name in TABLES:
        shape = SHAPES[name]
        (demo / "extracts" / name).mkdir(parents=True)
        marked = mark(shape, clean_versions(shape, rows), 1, mess)
        truths = []
        for (fortnight,), drop in marked.group_by(pl.col("_on") // 14, maintain_order=True):
            day = int(fortnight) * 14 + 13
            written, truth = corrupt(shape, shape.render(drop), drop, day=day)
            written.write_csv(demo / "extracts" / name / f"{as_date(day)}.csv")
            truths.append(truth)
        pl.concat(truths).write_parquet(demo / "truth" / "fault" / f"{shape.name.replace('/', '-')}.parquet")
    orders = pl.DataFrame(
        {"on": [DAY, DAY, DAY + 9_999], "order_month": ["2025-10", "2025-11", "2025-11"], "company": [1000, 2000, 1000]}
    )
    orders = orders.with_columns(
        pl.col("on").cast(pl.Int32), lines=1, net_amount_group=pl.Series([1_000_00, 500_00, 1])
    )
    (demo / "truth" / "order_truth").mkdir()
    orders.write_parquet(demo / "truth" / "order_truth" / "a.parquet")
    records = pl.DataFrame({"source_table": ["VBAK", "VBAK", "VBAK", "KNA1", "VBAK"], "party": [1, 1, 2, 3, 4]})
    records = records.with_columns(
        system=pl.lit("sap"),
        source_id=pl.Series(["a", "b", "c", "of a table that did not come", "of a later day"]),
        from_day=pl.Series([0, 0, 0, 0, DAY + 9_999], dtype=pl.Int32),
    )
    alike = pl.DataFrame({"party": [1, 1, 2], "other_party": [2, 9, 9], "kind": ["subsidiary"] * 3})
    for name, table in (("identity", records), ("lookalike", alike)):
        (demo / "truth" / name).mkdir()
        table.write_parquet(demo / "truth" / name / "a.parquet")


def publish(home: Home, number: int = 1) -> None:
    """A version that has 1,000.00 in October and 499.99 in November, and three customers."""
    with duckdb.connect(str(home.published / f"warehouse-{number:06d}.duckdb")) as connection:
        connection.execute("create schema sales")
        connection.execute("create schema customer")
        connection.execute("create schema conformed")
        connection.execute(
            "create table conformed.customer_identity as select 'sap' as source_system, * "
            "from (values ('a', 7), ('b', 8), ('c', 7), ('of nobody', 9)) as record (source_id, customer_key)"
        )
        connection.execute("create table customer.identity_review as select 'sap/a' as left_id, 'sap/b' as right_id")
        connection.execute("create table customer.customer_360 as select unnest([-1, 7, 8, 9]) as customer_key")
        connection.execute(
            "create table sales.revenue_month as select * from (values (date '2025-10-01', cast(1000 as decimal(18,2))), "
            "(date '2025-11-01', cast(499.99 as decimal(18,2)))) as month (order_month, revenue_group)"
        )
    (home.published / "CURRENT").write_text(f"{number}\n", encoding="ascii")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, State]]:
    """A month that went through the real door, and a published version."""
    settings = settings_of(tmp_path_factory.mktemp("judged"))
    settings.home.create()
    deliver(settings)
    with State(settings.home.state_url) as state:
        run = state.start_run()
        for name in ("VBAP", "VBAK"):
            assert ingest_table(settings, state, "sap", name, run).status == "landed"
        publish(settings.home)
        yield settings, state


@pytest.fixture(scope="module")
def truth(judged: tuple[Settings, State]) -> pl.DataFrame:
    """The faults as they were delivered."""
    return pl.read_parquet(judged[0].home.root / "demo" / "truth" / "fault" / "*.parquet")


def of_table(section: dict[str, list[dict[str, object]]], name: str) -> dict[str, object]:
    """The row of a table in a section of the score."""
    (row,) = [row for row in section["by_table"] if row["table_name"] == name]
    return row


def test_door_with_the_right_rules_catches_every_fault_and_nothing_else(
    judged: tuple[Settings, State], truth: pl.DataFrame
) -> None:
    row = of_table(score(judged[0].home, judged[1])["quarantine"], "VBAP")
    must = truth.filter(pl.col("table_name") == "VBAP", pl.col("caught_by") == "contract").height
    assert must > 100
    assert row["faults"] == row["caught"] == row["refused"] == must
    assert (row["missed"], row["false_alarms"], row["wrongly_refused"]) == (0, 0, 0)
    assert (row["precision"], row["recall"]) == (1.0, 1.0)


def test_rule_that_is_not_there_shows_as_missed_faults_of_its_kind(
    judged: tuple[Settings, State], truth: pl.DataFrame
) -> None:
    section = score(judged[0].home, judged[1])["quarantine"]
    wrong = truth.filter(pl.col("table_name") == "VBAK", pl.col("caught_by") == "contract")
    count = dict(wrong["kind"].value_counts().rows())
    row = of_table(section, "VBAK")
    assert (row["faults"], row["caught"]) == (wrong.height, count["missing"])
    assert (row["missed"], row["false_alarms"]) == (count["unknown_currency"], 0)
    kinds = {(kind["table_name"], kind["kind"]): kind for kind in section["by_kind"]}
    assert kinds["VBAK", "unknown_currency"]["recall"] == 0.0
    assert kinds["VBAK", "missing"]["recall"] == 1.0
    assert {example["kind"] for example in section["examples"]["missed"]} == {"unknown_currency"}


def test_reports_are_compared_by_column_and_orphans_are_not_judged(
    judged: tuple[Settings, State], truth: pl.DataFrame
) -> None:
    result = score(judged[0].home, judged[1])
    columns = {(row["table_name"], row["column_name"]): row for row in result["reported"]["by_column"]}
    wrong = truth.filter(pl.col("caught_by") == "report", pl.col("kind") != "orphan_key")
    counts = {row[:2]: row[2] for row in wrong.group_by("table_name", "column_name").len().rows()}
    assert columns.keys() == counts.keys()
    assert all(columns[place]["faults"] == count for place, count in counts.items())
    assert columns["VBAK", "KUNNR"]["recall"] == columns["VBAP", "NETWR"]["recall"] == 1.0
    assert columns["VBAK", "AUDAT"]["found"] == 0
    orphans = truth.filter(pl.col("kind") == "orphan_key").height
    (reason,) = [entry["reason"] for entry in result["not_judged"] if entry["section"] == "reported"]
    assert reason.startswith(f"{orphans} orphan keys")


def test_every_delivered_row_is_accounted_for(judged: tuple[Settings, State], truth: pl.DataFrame) -> None:
    loads = score(judged[0].home, judged[1])["loads"]
    extracts = judged[0].home.root / "demo" / "extracts"
    rows = sum(len(file.read_text().splitlines()) - 1 for file in extracts.glob("*/*/*.csv"))
    assert loads["delivered"] == rows
    assert loads["difference"] == 0
    assert {row["table_name"] for row in loads["by_table"]} == {"VBAP", "VBAK"}
    assert truth.filter(pl.col("kind") == "repeated").height > 0


def test_revenue_is_compared_to_the_cent_with_what_was_known_at_the_last_drop(judged: tuple[Settings, State]) -> None:
    result = score(judged[0].home, judged[1])
    revenue = result["marts"]["revenue"]
    assert (revenue["truth_cents"], revenue["warehouse_cents"], revenue["difference_cents"]) == (150_000, 149_999, -1)
    assert (revenue["months"], revenue["months_exact"]) == (2, 1)
    assert [row["difference_cents"] for row in revenue["by_month"]] == [0, -1]
    last = max(file.stem for file in (judged[0].home.root / "demo" / "extracts").glob("*/*/*.csv"))
    assert result["as_of"] == last


def test_customers_are_the_parties_behind_the_records_that_were_delivered(judged: tuple[Settings, State]) -> None:
    result = score(judged[0].home, judged[1])
    assert result["marts"]["customers"] == {"truth": 2, "warehouse": 3, "difference": 1, "records": 3}


def test_who_is_who_is_judged_by_pairs_by_records_and_by_look_alikes(judged: tuple[Settings, State]) -> None:
    found = score(judged[0].home, judged[1])["identity"]
    # a and b are one party, and were taken for two; a and c are two, and were taken for one
    assert (found["precision"], found["recall"], found["f1"]) == (0, 0, 0)
    # of a's customer half is a's party, likewise of c's, and of b's all; a's party was found half, b's half, c's whole
    assert found["bcubed_precision"] == pytest.approx(2 / 3)
    assert found["bcubed_recall"] == pytest.approx(2 / 3)
    assert (found["records"], found["missing"], found["customers"], found["parties"]) == (3, 1, 2, 2)
    assert (found["review_records"], found["review_rate"]) == (2, pytest.approx(2 / 3))
    assert (found["look_alikes"], found["look_alikes_glued"]) == (1, 1)


def test_refused_row_that_no_fault_explains_is_a_false_alarm_and_one_to_let_in_is_wrongly_refused(
    tmp_path: Path,
) -> None:
    strict = CONFIGURATION.replace(
        'sql = "NETWR < 1000", column = "NETWR", severity = "report"', 'sql = "NETWR < 1000"'
    )
    strict = strict.replace('sql = "KPEIN > 0"', "sql = \"KPEIN > 0 and VBELN <> '0000000001'\"")
    settings = settings_of(tmp_path, strict)
    settings.home.create()
    deliver(settings)
    with State(settings.home.state_url) as state:
        ingest_table(settings, state, "sap", "VBAP", state.start_run())
    publish(settings.home)
    result = score(settings.home)
    truth = pl.read_parquet(settings.home.root / "demo" / "truth" / "fault" / "*.parquet").filter(table_name="VBAP")
    assert not truth["key"].str.starts_with("0000000001/").any()
    section = result["quarantine"]
    assert section["false_alarms"] == 1
    assert section["examples"]["false_alarms"][0]["key"] == "0000000001/1"
    assert section["examples"]["false_alarms"][0]["rules"] == "the price is for some units"
    assert section["wrongly_refused"] == truth.filter(kind="wrong_amount").height > 0
    assert section["recall"] == 1.0
    assert section["precision"] == section["caught"] / section["refused"] < 1
    assert "sap.VBAK" in next(entry["reason"] for entry in result["not_judged"] if entry["section"] == "quarantine")


def test_only_what_the_version_has_taken_in_is_judged(judged: tuple[Settings, State]) -> None:
    settings, state = judged
    first = state.batches("sap", "VBAP")[1]
    publish(settings.home, 2)
    try:
        state.record_version(Version(2, first.landed_at, first.batch_id))
        result = score(settings.home, state)
    finally:
        (settings.home.published / "CURRENT").write_text("1\n", encoding="ascii")
    assert result["version"] == 2
    assert result["as_of"] == Path(first.origin).stem
    assert [row["table_name"] for row in result["quarantine"]["by_table"]] == ["VBAP"]
    assert result["quarantine"]["recall"] == 1.0
    assert any("has not taken in" in entry["reason"] for entry in result["not_judged"])


def test_lost_rows_show_in_loads(judged: tuple[Settings, State], tmp_path: Path) -> None:
    settings, state = judged
    root = tmp_path / "home"
    root.mkdir()
    for entry in settings.home.root.iterdir():
        if entry.name != "demo":
            (root / entry.name).symlink_to(entry)
    extracts = root / "demo" / "extracts" / "sap" / "VBAP"
    extracts.mkdir(parents=True)
    (root / "demo" / "truth").symlink_to(settings.home.root / "demo" / "truth")
    origin = state.batches("sap", "VBAP")[0]
    lines = (settings.home.root / "demo" / "extracts" / "sap" / origin.origin).read_text().splitlines(keepends=True)
    (extracts.parent / origin.origin).write_text("".join([*lines, lines[-1], lines[-1]]))
    result = score(replace(settings.home, root=root), state)
    assert result["loads"]["difference"] == 2
    assert any(entry["section"] == "loads" for entry in result["not_judged"])


def test_score_prints_its_figures(judged: tuple[Settings, State]) -> None:
    out = StringIO()
    print_score(Console(file=out, width=160), score(judged[0].home, judged[1]))
    text = out.getvalue()
    for words in ("sap.VBAP", "100.0%", "1,499.99 in the warehouse", "-0.01", "Not judged"):
        assert words in text


def test_score_without_a_demo_or_a_version_says_what_to_do(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    with pytest.raises(ConcordError, match=r"concord demo"):
        score(home)
    (tmp_path / "demo" / "truth").mkdir(parents=True)
    with pytest.raises(ConcordError, match="Nothing has been published"):
        score(home)
    assert FAULT == "_fault"


def test_checks_of_the_messy_company_name_every_fault_of_the_books_and_nothing_else(messy_company: Settings) -> None:
    found = score(messy_company.home)["reconciliation"]
    assert found["faults"] > 20
    assert found["documents"] > found["faults"]
    assert found["examples"] == {"missed": [], "unexplained": []}
    assert (found["precision"], found["recall"]) == (1.0, 1.0)


def test_checks_of_the_clean_company_name_what_sales_did_and_its_books_are_exact(clean_company: Settings) -> None:
    """Deals that differ from their orders are the doing of people, and there without any mess."""
    result = score(clean_company.home)
    assert {check["check_name"] for check in result["reconciliation"]["by_check"]} == {"won_deals_equal_orders"}
    assert (result["reconciliation"]["precision"], result["reconciliation"]["recall"]) == (1.0, 1.0)
    assert result["reconciliation"]["faults"] == result["reconciliation"]["found"]
    assert {name: book["exact_rate"] for name, book in result["books"].items()} == dict.fromkeys(result["books"], 1.0)
