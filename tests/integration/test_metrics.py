"""Every metric means what it says: the metric layer beside queries written by hand, and beside people who mean no good."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import ConcordError
from pipelines.serving import metrics
from pipelines.serving.metrics import Question
from pipelines.settings import REPOSITORY, Settings
from pipelines.warehouse import read_published
from tests.extracts import environment
from tests.integration.metric_queries import QUERIES

SHIPPED = sorted(
    name
    for path in (REPOSITORY / "models" / "semantic").glob("*.yml")
    for name in re.findall(r"^  - name: (\w+)\n    label:", path.read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.fixture(scope="module")
def known(clean_company: Settings) -> metrics.Catalogue:
    return metrics.catalogue(clean_company.home)


@pytest.fixture(scope="module")
def warehouse(clean_company: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    connection, _ = read_published(clean_company.home)
    connection.execute("set threads = 1")
    with closing(connection):
        yield connection


def monthly(connection: duckdb.DuckDBPyConnection, known: metrics.Catalogue, name: str) -> dict[date, float]:
    """The values of a metric month by month, up to the end of the company's data."""
    question = Question((name,), grain="month", end=date(2026, 10, 31))
    compiled = metrics.compile_question(known, question)
    return _values(connection.execute(compiled.sql, compiled.parameters or None).fetchall())


def by_hand(connection: duckdb.DuckDBPyConnection, name: str) -> dict[date, float]:
    """The same by the query that a person wrote."""
    return _values(connection.execute(QUERIES[name]).fetchall())


def _values(rows: list[tuple[Any, ...]]) -> dict[date, float]:
    """Months with a value; nothing is the same as zero where a month is missing on one side."""
    found = {}
    for month, value in rows:
        assert month is not None
        day = month.date() if isinstance(month, datetime) else month
        if value is not None and day <= date(2026, 10, 31):
            found[day] = float(value)
    return found


@pytest.mark.parametrize("name", QUERIES)
def test_metric_says_what_a_query_by_hand_says(
    known: metrics.Catalogue, warehouse: duckdb.DuckDBPyConnection, name: str
) -> None:
    said, true = monthly(warehouse, known, name), by_hand(warehouse, name)
    assert any(true.values())
    differences = {
        f"{month}": (said.get(month), true.get(month))
        for month in said.keys() | true.keys()
        if said.get(month, 0.0) != pytest.approx(true.get(month, 0.0), rel=1e-9, abs=1e-6)
    }
    assert not differences


def test_queries_by_hand_cover_every_kind(known: metrics.Catalogue) -> None:
    assert len(QUERIES) >= 60
    assert {known.metrics[name].kind for name in QUERIES} == {"simple", "ratio", "derived", "cumulative", "conversion"}
    subjects = {known.metrics[name].subject for name in QUERIES}
    assert subjects == {metric.subject for metric in known.metrics.values()} - {
        "quality"
    }  # its days are those of the test


def test_metrics_of_quality_count_what_was_loaded(
    clean_company: Settings, warehouse: duckdb.DuckDBPyConnection
) -> None:
    names = ("rows_read", "rows_admitted", "rows_quarantined", "batches_loaded")
    answer = metrics.answer(clean_company.home, Question(names), limit=1)
    query = "select sum(rows_read), sum(rows_admitted), sum(rows_quarantined), count(*) from quality.load_account"
    assert answer.rows == warehouse.execute(query).fetchall()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_metric_has_values(known: metrics.Catalogue, warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    question = Question((name,), grain="year", end=date(2026, 10, 31))
    compiled = metrics.compile_question(known, question)
    rows = warehouse.execute(compiled.sql, compiled.parameters or None).fetchall()
    assert rows
    assert all(period is not None for period, _ in rows)


def test_every_metric_is_explained(known: metrics.Catalogue) -> None:
    assert len(SHIPPED) == len(set(SHIPPED)) >= 150
    assert sorted(known.metrics) == SHIPPED
    labels = [metric.label for metric in known.metrics.values()]
    assert len(labels) == len(set(labels)), [label for label in labels if labels.count(label) > 1]
    for metric in known.metrics.values():
        for field in ("label", "description", "subject", "unit", "direction", "formula", "grain", "source", "owner"):
            assert getattr(metric, field), f"{metric.name} does not say its {field}"
        assert metric.direction in {"up_is_better", "down_is_better", "neutral"}, metric.name
        assert metric.description.endswith("."), metric.name
        assert all(re.fullmatch(r"\w+\.\w+", source) for source in metric.source.split(", ")), metric.name
        assert metric.unit not in {"", "EUR "}, metric.name


def test_catalogue_can_be_asked_in_sql(known: metrics.Catalogue, warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("select metric_name, label, unit from concord.metric order by metric_name").fetchall()
    assert [row[0] for row in rows] == list(known.metrics)
    assert {name: unit for name, _, unit in rows}["revenue"] == "EUR"


def test_splits_add_up(clean_company: Settings, warehouse: duckdb.DuckDBPyConnection) -> None:
    whole = warehouse.execute("select sum(net_amount_group) from core.fct_sales_order_line").fetchall()[0][0]
    for dimension in (
        "customer__country_code",
        "golden_customer__industry",
        "product__category_name",
        "company__company_code",
    ):
        answer = metrics.answer(clean_company.home, Question(("order_value",), by=(dimension,)), limit=1000)
        assert answer.columns == [dimension, "order_value"]
        assert sum(row[1] for row in answer.rows) == whole


def test_filters_choose_rows(clean_company: Settings, warehouse: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select sum(net_amount_group) from core.fct_sales_order_line "
        "inner join core.dim_customer using (customer_version_key) where "
    )
    of = {
        "country_code = 'DE'": (("customer__country_code", "DE"),),
        "country_code in ('DE', 'GB')": (("customer__country_code", "DE"), ("customer__country_code", "GB")),
        "country_code = 'DE' and is_person": (("customer__country_code", "DE"), ("customer__is_person", "true")),
        "industry is null": (("customer__industry", ""),),
    }
    for condition, where in of.items():
        answer = metrics.answer(clean_company.home, Question(("order_value",), where=where), limit=10)
        true = warehouse.execute(query + condition).fetchall()[0][0]
        assert (answer.rows[0][0] if answer.rows else None) in {true, true or 0}, condition


def test_period_has_both_its_days(clean_company: Settings, warehouse: duckdb.DuckDBPyConnection) -> None:
    first, last = date(2026, 3, 5), date(2026, 3, 20)
    answer = metrics.answer(
        clean_company.home, Question(("order_lines",), grain="day", start=first, end=last), limit=1000
    )
    query = "select order_date, count(*) from core.fct_sales_order_line where order_date between $1 and $2 group by 1 order by 1"
    assert answer.rows == warehouse.execute(query, [first, last]).fetchall()


NASTY = [
    "DE' or 1=1 --",
    "DE'; drop table core.fct_sales_order_line; --",
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}{% endfor %}",
    "{{ Dimension('customer__country_code') }}",
    "$value_2",
    "' union select manifest from concord.semantic_manifest --",
    "DE\\' or true",
    'DE" or "1"="1',
    "\x00DE",
]


@pytest.mark.parametrize("value", NASTY)
def test_values_stay_values(clean_company: Settings, known: metrics.Catalogue, value: str) -> None:
    question = Question(("order_value", "orders"), where=(("customer__country_code", value),))
    compiled = metrics.compile_question(known, question)
    assert compiled.parameters == {"value_1": value}
    assert value not in compiled.sql or value == "$value_2"
    answer = metrics.answer(clean_company.home, question, limit=10)
    assert not [row for row in answer.rows if any(row)]


@pytest.mark.parametrize(
    "name", [*NASTY, "customer__country_code' or 1=1 --", "metric_time", "customer__country_code }}"]
)
def test_names_come_from_the_catalogue(clean_company: Settings, name: str) -> None:
    for question in (
        Question((name,)),
        Question(("orders",), by=(name,)),
        Question(("orders",), where=((name, "x"),)),
        Question(("orders",), grain=name),
    ):
        with pytest.raises(ConcordError, match=r"There is no|has no dimension"):
            metrics.answer(clean_company.home, question, limit=10)


def test_what_makes_no_sense_is_refused(clean_company: Settings) -> None:
    refused = {
        "Name a metric": Question(()),
        "values by time only": Question(("order_value_growth_year",)),
        "has no values by day": Question(("headcount",), grain="day"),
        "ends .* before it begins": Question(("orders",), start=date(2026, 2, 1), end=date(2026, 1, 1)),
        "has no dimension": Question(("orders", "headcount"), by=("sales_order_line__document_currency",)),
    }
    for message, question in refused.items():
        with pytest.raises(ConcordError, match=message):
            metrics.answer(clean_company.home, question, limit=10)


def test_sums_to_date_end_with_the_data(clean_company: Settings) -> None:
    answer = metrics.answer(clean_company.home, Question(("order_value_year_to_date",), grain="month"), limit=1000)
    assert answer.rows[-1][0] == date(2026, 10, 1)


def test_command_answers_as_json_and_csv(clean_company: Settings) -> None:
    with environment(CONCORD_HOME=str(clean_company.home.root)):

        def concord(*arguments: str) -> str:
            result = CliRunner().invoke(app, ["metrics", *arguments, "--config", str(clean_company.file)])
            assert result.exit_code == 0, result.output
            return result.stdout

        listed = json.loads(concord("list", "--subject", "service", "--json"))
        assert {metric["subject"] for metric in listed["metrics"]} == {"service"}
        assert json.loads(concord("show", "ebitda", "--json"))["unit"] == "EUR"
        question = (
            "query",
            "orders,order_value",
            "--by",
            "customer__country_code",
            "--grain",
            "year",
            "--from",
            "2025-01-01",
        )
        rows = json.loads(concord(*question, "--json"))["rows"]
        table = list(csv.DictReader(io.StringIO(concord(*question, "--csv"))))
        assert [int(row["orders"]) for row in table] == [row["orders"] for row in rows]
        assert rows[0]["metric_time__year"] == "2025-01-01"
        assert "fct_sales_order_line" in concord("query", "orders", "--sql")
