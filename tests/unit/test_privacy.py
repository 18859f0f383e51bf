"""What is personal is tagged, and the tags lead to every row of a person."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ConfigurationError
from pipelines.graph import Graph
from pipelines.privacy.erased import cleaned, names_a_key, tell_keys
from pipelines.privacy.log import LogReader, configured
from pipelines.privacy.masking import masked
from pipelines.privacy.tags import RawTable, personal_columns, raw_tables
from pipelines.settings import Settings
from tests.conftest import Parse
from tests.extracts import demo_settings

PERSONAL = re.compile(r"e-mail|phone|birth|given.name|family.name|surname|street|employee.name", re.IGNORECASE)
"""In the name or the description of a column of text or days."""
PUBLIC = ("conformed", "core", "customer", "sales", "inventory", "finance", "people", "procurement", "production")


@pytest.fixture(scope="module", params=["demo", "example"])
def project(request: pytest.FixtureRequest, parsed: Parse) -> tuple[Settings, Graph]:
    settings, graph, _ = parsed(request.param)
    return settings, graph


@pytest.fixture(scope="module")
def demo_graph(parsed: Parse) -> Graph:
    return parsed("demo").graph


def test_every_column_that_sounds_personal_is_tagged(project: tuple[Settings, Graph]) -> None:
    _, project_graph = project
    tagged = personal_columns(project_graph)
    forgotten = [
        f"{node.schema}.{node.name}.{name}"
        for node in project_graph.models
        if node.schema in PUBLIC
        for name, column in node.columns.items()
        if column.data_type in {"varchar", "date"}
        and not name.endswith(("_from", "_type"))
        and (PERSONAL.search(name) or PERSONAL.search(column.description))
        and name not in tagged.get((node.schema, node.name), [])
    ]
    assert not forgotten
    assert {"email", "phone", "birth_date", "customer_name"} <= set(tagged["core", "dim_customer"])
    assert tagged["customer", "customer_attribute"] == ["attribute_value"]


def test_dbt_takes_the_tags_without_a_warning(project: tuple[Settings, Graph]) -> None:
    settings, _ = project
    log = (settings.home.root / "logs" / "dbt.log").read_text(encoding="utf-8")
    assert "Running with dbt" in log
    assert "[warn" not in log


def test_tags_of_raw_tables_name_columns_of_their_contracts_and_no_keys(project: tuple[Settings, Graph]) -> None:
    settings, project_graph = project
    tables = configured(settings, raw_tables(project_graph))
    assert tables == raw_tables(project_graph)
    for table in tables:
        contract = settings.sources[table.system].tables[table.name]
        assert {*table.personal, *table.columns} <= set(contract.columns)
        assert set(table.personal).isdisjoint(contract.key)
        empty = ", ".join(f'null::varchar as "{name}"' for name in contract.columns)
        for expression, _ in table.links:
            duckdb.execute(f"select {expression} from (select {empty})")


def test_every_personal_text_of_a_raw_table_is_tagged(project: tuple[Settings, Graph]) -> None:
    """Columns of the raw tables that staging makes personal columns of, told by how source systems call them."""
    settings, project_graph = project
    wanted = re.compile(
        r"email|phone|birth|firstname|lastname|street|smtp|tel[fn]|stras|bdate|name[12]$", re.IGNORECASE
    )
    tagged = {
        (source.schema.removeprefix("raw_"), source.name): {
            name for name, column in source.columns.items() if column.meta.get("personal")
        }
        for source in project_graph.sources.values()
    }
    companies = {
        ("sap", "LFA1", "NAME1"),
        ("sap", "T001W", "NAME1"),
        ("sap", "T001W", "NAME2"),
        ("sap", "T001W", "STRAS"),
    }
    forgotten = [
        f"{system}.{name}.{column}"
        for system, source in settings.sources.items()
        for name, contract in source.tables.items()
        for column, kind in contract.columns.items()
        if wanted.search(column)
        and kind != "boolean"
        and column not in tagged.get((system, name), set())
        and (system, name, column) not in companies
    ]
    assert not forgotten


@pytest.fixture
def log(demo_graph: Graph, tmp_path: Path) -> Iterator[tuple[LogReader, Path]]:
    """A log of a few rows of the demo's systems: two customers, each with all that may belong to a person."""
    settings = demo_settings(tmp_path)
    settings.home.create()
    rows: dict[str, list[dict[str, str]]] = {
        "salesforce/Account": [{"Id": "A1", "Name": "Eva Stark"}, {"Id": "A2", "Name": "Adler GmbH"}],
        "salesforce/Contact": [
            {"Id": "C1", "AccountId": "a1", "LastName": "Stark"},  # ids in lower case mean the same
            {"Id": "C2", "AccountId": "A2", "LastName": "Other"},
        ],
        "salesforce/Lead": [
            {"Id": "L1", "ConvertedAccountId": "A1", "LastName": "Stark"},
            {"Id": "L2", "LastName": "X"},
        ],
        "salesforce/Opportunity": [{"Id": "O1", "AccountId": "A1", "Name": "Stark"}],
        "salesforce/Task": [
            {"Id": "T1", "WhoId": "C1", "Subject": "Call Eva"},
            {"Id": "T2", "WhatId": "O1", "Subject": "Mail Eva"},
            {"Id": "T3", "WhoId": "L1", "Subject": "Meet Eva"},
            {"Id": "T4", "WhoId": "C2", "WhatId": "A2", "Subject": "Call Other"},
        ],
        "sap/KNA1": [
            {"KUNNR": "0000000001", "KTOKD": "0001", "NAME1": "Eva Stark", "ADRNR": "0000000901"},
            {"KUNNR": "0000000002", "KTOKD": "0001", "NAME1": "Adler", "ADRNR": "0000000902"},
            {"KUNNR": "0000000003", "KTOKD": "0002", "NAME1": "Eva at home", "ADRNR": "0000000903"},
        ],
        "sap/KNVP": [
            {"KUNNR": "0000000001", "KUNN2": "0000000003"},
            {"KUNNR": "0000000001", "KUNN2": "0000000002"},  # who pays is a customer of its own, and no place
        ],
        "sap/ADRC": [{"ADDRNUMBER": f"000000090{number}", "NAME1": "Name"} for number in (1, 2, 3)],
        "sap/ADR6": [{"ADDRNUMBER": "0000000901", "CONSNUMBER": "001", "SMTP_ADDR": "eva@example.org"}],
    }
    for place, records in rows.items():
        system, name = place.split("/")
        file = settings.home.landing / place / "00000001.parquet"
        file.parent.mkdir(parents=True)
        columns = settings.sources[system].tables[name].columns
        values = ", ".join(
            "(" + ", ".join("null" if column not in row else f"'{row[column]}'" for column in columns) + f", {number})"
            for number, row in enumerate(records)
        )
        names = ", ".join(f'"{column}"' for column in (*columns, "_row_hash"))
        texts = ", ".join(f'"{column}"::varchar as "{column}"' for column in columns)
        duckdb.execute(f"copy (select {texts}, _row_hash from (values {values}) as t ({names})) to '{file}'")
    with LogReader(settings, configured(settings, raw_tables(demo_graph))) as reader:
        yield reader, settings.home.landing


def _names(landing: Path, place: str, column: str) -> list[str | None]:
    file = landing / place / "00000001.parquet"
    return [row[0] for row in duckdb.execute(f"select \"{column}\" from read_parquet('{file}')").fetchall()]


def test_the_tags_lead_from_a_record_to_everything_that_belongs_to_the_person(log: tuple[LogReader, Path]) -> None:
    reader, landing = log
    start = {(1, ("salesforce", "record", "a1")), (1, ("sap", "record", "0000000001"))}
    keys = reader.further_keys(start)
    assert {key[1:] for _, key in keys} == {
        *(("record", "a1"), ("Account.Id", "a1"), ("Contact.Id", "c1"), ("Lead.Id", "l1"), ("Opportunity.Id", "o1")),
        *(("record", "0000000001"), ("KNA1.KUNNR", "0000000001"), ("KNA1.KUNNR", "0000000003")),
        *(("KNVP.KUNN2", "0000000003"), ("KNVP.KUNN2", "0000000002")),
        *(("KNA1.ADRNR", "0000000901"), ("KNA1.ADRNR", "0000000903")),
    }
    found = reader.concerned(keys)
    assert {(part.table.name, part.rows) for part in found} == {
        *(("Account", 1), ("Contact", 1), ("Lead", 1), ("Opportunity", 1), ("Task", 3)),
        *(("KNA1", 2), ("ADRC", 2), ("ADR6", 1)),
    }
    assert all(part.erasures == {1} for part in found)
    hashes = _names(landing, "salesforce/Task", "_row_hash")
    for part in found:
        reader.rewrite(part, keys)
    assert reader.concerned(keys) == []
    assert _names(landing, "salesforce/Account", "Name") == [None, "Adler GmbH"]
    assert _names(landing, "salesforce/Contact", "LastName") == [None, "Other"]
    assert _names(landing, "salesforce/Task", "Subject") == [None, None, None, "Call Other"]
    assert _names(landing, "salesforce/Task", "Id") == ["T1", "T2", "T3", "T4"]
    assert _names(landing, "salesforce/Task", "_row_hash") == hashes
    assert _names(landing, "sap/KNA1", "NAME1") == [None, "Adler", None]
    assert _names(landing, "sap/ADRC", "NAME1") == [None, "Name", None]
    assert _names(landing, "sap/ADR6", "SMTP_ADDR") == [None]


def test_a_contact_alone_takes_along_what_is_the_persons_and_not_the_deals_of_the_customer(
    log: tuple[LogReader, Path],
) -> None:
    reader, landing = log
    keys = reader.further_keys({(1, ("salesforce", "alone:record", "c1"))})
    assert {key[1:] for _, key in keys} == {("alone:record", "c1"), ("alone:Contact.Id", "c1")}
    assert {(part.table.name, part.rows) for part in reader.concerned(keys)} == {("Contact", 1), ("Task", 1)}
    for part in reader.concerned(keys):
        reader.rewrite(part, keys)
    assert reader.concerned(keys) == []
    assert _names(landing, "salesforce/Account", "Name").count(None) == 0
    assert _names(landing, "salesforce/Contact", "LastName") == [None, "Other"]
    assert _names(landing, "salesforce/Opportunity", "Name").count(None) == 0


def test_a_reference_to_a_table_that_is_not_there_is_refused(project: tuple[Settings, Graph]) -> None:
    _, project_graph = project
    source = next(source for source in project_graph.sources.values() if source.meta.get("person"))
    before = source.meta["person"]
    source.meta["person"] = {"of": {"Id": "Nowhere.Id"}}
    try:
        with pytest.raises(ConfigurationError, match=r"refers to Nowhere\.Id"):
            raw_tables(project_graph)
    finally:
        source.meta["person"] = before


def test_personal_columns_are_masked_for_persons_only(project: tuple[Settings, Graph]) -> None:
    _, project_graph = project
    selected = masked(project_graph, "core", "dim_customer", mask="'***'")
    columns = list(next(node for node in project_graph.nodes.values() if node.name == "dim_customer").columns)
    duckdb.execute(
        "create or replace temp table who as select * from (values "
        "(1, true, 'Eva', 'eva@example.org', 'DE'), (2, false, 'Adler', 'info@adler.example', 'DE')) "
        "as t (customer_key, is_person, customer_name, email, country_code)"
    )
    missing = [
        name for name in columns if name not in {"customer_key", "is_person", "customer_name", "email", "country_code"}
    ]
    nulls = ", ".join(f"null::varchar as {name}" for name in missing)
    rows = duckdb.execute(
        f"select customer_key, customer_name, email, country_code from (select {selected} from (select *, {nulls} from who)) "
        "order by 1"
    ).fetchall()
    assert rows == [(1, "***", "***", "DE"), (2, "Adler", "info@adler.example", "DE")]
    assert "case" not in masked(project_graph, "core", "fct_sales_order_line")


def test_texts_that_are_no_rows_name_a_key_as_a_word_or_when_it_is_long() -> None:
    connection = duckdb.connect()
    tell_keys(connection, [(1, ("crm", "record", "3")), (1, ("erp", "record", "aw00000003"))])
    texts = ["3,Eva", "13,Eva", "NASAW-00000003;x", "x 3", "AW00000004", None]
    found = connection.execute(f"select {names_a_key('t')} from (select unnest($1) as t)", [texts]).fetchall()
    assert [row[0] for row in found] == [True, False, True, True, False, False]


def test_what_nobody_tagged_and_no_contract_knows_counts_as_personal() -> None:
    from pipelines.privacy.erased import personal_in

    table = RawTable("crm", "t", ("NAME",), (("id", "record"),), ())
    columns = ["id", "name", "amount", "comment_of_the_clerk", "_op"]
    assert personal_in(table, columns, ["id", "name", "amount"]) == ["name", "comment_of_the_clerk"]
    assert cleaned("select 1", [], "true") == "select 1"
