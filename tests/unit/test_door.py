"""Every promise of a contract is checked as plain SQL would check it, and the log's arithmetic follows."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest

from pipelines.errors import ConfigurationError
from pipelines.quality.contract import Expectation, TableContract
from pipelines.quality.door import find_breaches
from pipelines.state import RuleResult

COLUMNS = {"id": "integer", "n": "integer", "price": "decimal(10,2)", "day": "date", "t": "text"}
ROWS = """
    (1, 0, 0.00, date '2020-01-01', 'A'),
    (2, 10, 10.50, date '2024-02-29', 'AB'),
    (3, 11, -0.01, date '1999-12-31', 'ABC'),
    (4, -5, 99999.99, date '2030-01-01', 'b:c'),
    (5, null, null, null, null),
    (null, 7, 7.00, date '2021-06-01', ''),
    (7, 3, 3.00, date '2022-06-01', 'O''Neil'),
    (8, 3, 3.00, date '2022-06-02', '100%'),
    (9, 4, 4.00, date '2022-06-03', 'a\\d{2}'),
    (10, 4, 4.00, date '2022-06-04', ' :x "q" '),
    (11, 5, 5.00, date '2022-06-05', 'größer')
"""


@dataclass
class Door:
    """Rows in a Parquet file as a source writes them, in front of the door."""

    folder: Path
    columns: dict[str, str] = field(default_factory=lambda: COLUMNS)
    rows: str = ROWS

    def check(
        self, *rules: dict[str, Any], key: str = "id"
    ) -> tuple[list[RuleResult], dict[str, list[tuple[Any, ...]]]]:
        """Return the broken rules, and by rule the (row number, column, value, severity) of the rows that break it."""
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in self.columns)
        file = self.folder / "rows.parquet"
        duckdb.execute(
            "copy (select *, cast(null as varchar) as _uncast, cast(null as varchar) as _raw "
            f"from (values {self.rows}) t({names})) to '{file}' (format parquet)"
        )
        contract = TableContract.model_validate(
            {"file": "x.csv", "key": [key], "columns": self.columns, "rules": list(rules)}
        )
        connection = duckdb.connect()
        rows = f"select *, file_row_number as _row_number from read_parquet('{file}', file_row_number = true)"
        results = find_breaches(connection, rows, contract, self.folder)
        found: dict[str, list[tuple[Any, ...]]] = {}
        for rule, *row in connection.execute(
            "select rule, row_number, column_name, value, severity from breach order by rule, row_number"
        ).fetchall():
            found.setdefault(rule, []).append(tuple(row))
        connection.close()
        assert {result.rule: result.rows_broken for result in results} == {
            rule: len(rows) for rule, rows in found.items()
        }
        return results, found

    def rows_that(self, condition: str) -> list[int]:
        """Return the numbers of the rows that meet an SQL condition."""
        file = self.folder / "rows.parquet"
        query = (
            f"select file_row_number from read_parquet('{file}', file_row_number = true) where {condition} order by 1"
        )
        return [row[0] for row in duckdb.execute(query).fetchall()]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("column_values_to_not_be_null", "t", {}, "t is null"),
    ("column_values_to_be_null", "n", {}, "n is not null"),
    ("column_values_to_be_between", "n", {"min_value": 0, "max_value": 10}, "n < 0 or n > 10"),
    ("column_values_to_be_between", "n", {"min_value": 0, "strict_min": True}, "n <= 0"),
    ("column_values_to_be_between", "n", {"max_value": 10, "strict_max": True}, "n >= 10"),
    ("column_values_to_be_between", "price", {"min_value": 0, "max_value": 10.5}, "price < 0 or price > 10.5"),
    (
        "column_values_to_be_between",
        "day",
        {"min_value": dt.date(2000, 1, 1), "max_value": dt.date(2024, 2, 29)},
        "day < '2000-01-01' or day > '2024-02-29'",
    ),
    (
        "column_values_to_be_in_set",
        "t",
        {"value_set": ["A", "O'Neil", "100%", ' :x "q" ']},
        "t not in ('A', 'O''Neil', '100%', ' :x \"q\" ')",
    ),
    ("column_values_to_be_in_set", "n", {"value_set": [3, 4]}, "n not in (3, 4)"),
    (
        "column_values_to_not_be_in_set",
        "t",
        {"value_set": ["A", "O'Neil", "100%", "b:c"]},
        "t in ('A', 'O''Neil', '100%', 'b:c')",
    ),
    ("column_values_to_match_regex", "t", {"regex": "^[A-Z']+$"}, "not regexp_matches(t, '^[A-Z'']+$')"),
    ("column_values_to_match_regex", "t", {"regex": r"^\w+$"}, r"not regexp_matches(t, '^\w+$')"),
    ("column_values_to_match_regex", "t", {"regex": r"^.{1,3}$"}, r"not regexp_matches(t, '^.{1,3}$')"),
    ("column_values_to_not_match_regex", "t", {"regex": r"(%|:x|\\d)"}, r"regexp_matches(t, '(%|:x|\\d)')"),
    ("column_values_to_not_match_regex", "t", {"regex": r"[^\x00-\x7F]"}, r"regexp_matches(t, '[^\x00-\x7F]')"),
    ("column_value_lengths_to_be_between", "t", {"min_value": 1, "max_value": 3}, "length(t) < 1 or length(t) > 3"),
    ("column_value_lengths_to_equal", "t", {"value": 2}, "length(t) <> 2"),
]


def test_every_expectation_finds_the_rows_that_plain_sql_finds(door: Door) -> None:
    assert {case[0] for case in CASES} == set(get_args(Expectation))
    rules = [
        {"name": f"{severity} {number}", "expect": kind, "column": column, "severity": severity, **arguments}
        for number, (kind, column, arguments, _) in enumerate(CASES)
        for severity in ("quarantine", "report")
    ]
    results, found = door.check(*rules)
    for number, (kind, column, arguments, broken) in enumerate(CASES):
        wanted = door.rows_that(broken)
        assert 0 < len(wanted) < 11, "a case must have rows on both sides"
        for severity in ("quarantine", "report"):
            rows = found[f"{severity} {number}"]
            assert [row[0] for row in rows] == wanted, (kind, arguments)
            assert {(row[1], row[3]) for row in rows} == {(column, severity)}
    assert {result.rule for result in results} - {rule["name"] for rule in rules} == {"id: key is present"}
    assert [row[0] for row in found["id: key is present"]] == door.rows_that("id is null")


def test_the_value_that_breaks_a_rule_is_kept_as_text(door: Door) -> None:
    _, found = door.check(
        {"name": "price", "expect": "column_values_to_be_between", "column": "price", "min_value": 0},
        {"name": "text", "sql": "t is distinct from 'O''Neil'", "column": "t"},
        {"name": "no column", "sql": "id is distinct from 1"},
    )
    assert found["price"] == [(2, "price", "-0.01", "quarantine")]
    assert found["text"] == [(6, "t", "O'Neil", "quarantine")]
    assert found["no column"] == [(0, None, None, "quarantine")]


SQL_CASES = [
    ("n > 0", "n > 0"),
    ("t <> 'O''Neil'", "t <> 'O''Neil'"),
    ("t not like '100%'", "t not like '100%'"),
    ("t like '%e%'", "t like '%e%'"),
    ("n % 2 = 0", "mod(n, 2) = 0"),
    ("t <> 'b:c' and t <> ' :x \"q\" '", "t not in ('b:c', ' :x \"q\" ')"),
    ("strftime(day, '%H:%M') = '00:00' and n > 3", "day is not null and n > 3"),
    ("(n::varchar || ':' || t) <> '3:100%'", "not (n = 3 and t = '100%')"),
    ("t is not null and t::varchar <> ':n'", "t is not null"),
    ("{'a': n}.a > 3", "n > 3"),
    ("not regexp_matches(t, '\\d{2}')", "not regexp_matches(t, '\\d{2}')"),
    ("t <> 'a\\d{2}'", "t <> 'a\\d{2}'"),
    ("\"t\" <> 'größer' -- and this is a remark", "t <> 'größer'"),
    ("n > 3 or price < 0;".rstrip(";"), "n > 3 or price < 0"),
    ("len([n, 1][1:1]) = 1 and n > 3", "n > 3"),
    ("t <> '{batch}' and n > 3", "n > 3"),
]


def test_conditions_in_sql_are_read_as_they_are_written(door: Door) -> None:
    """One rule at a time: what one of them does to the query must not hide behind another."""
    failures = []
    for condition, plain in SQL_CASES:
        try:
            _, found = door.check({"name": "rule", "sql": condition})
        except ConfigurationError as error:
            failures.append((condition, error.message))
            continue
        rows = [row[0] for row in found.get("rule", [])]
        if rows != door.rows_that(f"({plain}) is not true"):
            failures.append((condition, rows))
    assert not failures


def test_a_condition_that_is_null_is_broken(door: Door) -> None:
    _, found = door.check({"name": "positive", "sql": "n > 0"}, {"name": "nothing", "sql": "null"})
    assert [row[0] for row in found["positive"]] == door.rows_that("n is null or n <= 0")
    assert len(found["nothing"]) == 11


@pytest.mark.parametrize("name", ["order", "Größe", 'a"b', "a b", "50%", "a:b", "{a}", "select"])
def test_columns_with_difficult_names_are_checked(tmp_path: Path, name: str) -> None:
    door = Door(tmp_path, {"id": "integer", name: "text"}, "(1, 'x'), (2, null), (3, 'y')")
    _, found = door.check(
        {"name": "there", "expect": "column_values_to_not_be_null", "column": name},
        {"name": "x", "expect": "column_values_to_be_in_set", "column": name, "value_set": ["x"]},
    )
    assert [row[:2] for row in found["there"]] == [(1, name)]
    assert [row[:2] for row in found["x"]] == [(2, name)]


def test_good_rows_break_nothing(tmp_path: Path) -> None:
    door = Door(tmp_path, {"id": "integer", "t": "text"}, "(1, 'x'), (2, 'y')")
    results, found = door.check({"name": "x or y", "sql": "t in ('x', 'y')"})
    assert (results, found) == ([], {})


@pytest.mark.parametrize("condition", ["nmae > 3", "n >", "no_such_function(n) > 1", "n > 1) or (1 = 1 and"])
def test_a_rule_that_does_not_compile_is_named(door: Door, condition: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        door.check({"name": "amount is sane", "sql": condition})
    assert "'amount is sane' cannot be checked" in refusal.value.message
    assert "\n" not in refusal.value.message
    assert len(refusal.value.message) < 500


@pytest.mark.parametrize("arguments", [{"minimum": 3}, {"min_value": 3, "max_value": 1}, {"min_value": [1]}, {}])
def test_an_expectation_with_arguments_that_make_no_sense_is_named(door: Door, arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="amount is sane"):
        door.check({"name": "amount is sane", "expect": "column_values_to_be_between", "column": "n", **arguments})
