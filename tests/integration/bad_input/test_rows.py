"""A row that breaks is quarantined alone, with its line, and its record keeps its last good state."""

import pytest

from tests.desk import GOOD, Desk

# Rows that break


@pytest.mark.parametrize(
    ("line", "problem"), [("5,Ken", "missing columns"), ("5,Ken,1943-02-04,0,1,2,3", "too many columns")]
)
def test_a_line_with_the_wrong_number_of_fields_is_quarantined_alone(desk: Desk, line: str, problem: str) -> None:
    desk.deliver(GOOD + line + "\n6,Barbara,1939-11-07,0\n")
    account = desk.ingest()
    assert (account.read, account.quarantined, account.admitted, account.unchanged) == (6, 1, 1, 4)
    (row,) = desk.quarantine()
    assert (row["line"], row["rule"], row["row"]) == (6, "the line can be read", line)
    assert problem in str(row["value"])
    assert set(desk.records()) == {1, 2, 3, 4, 6}


@pytest.mark.parametrize("line", ["2,Alan", "2,Alan,1912-06-23,5,9,9"])
def test_a_record_whose_line_cannot_be_read_keeps_its_last_good_state(desk: Desk, line: str) -> None:
    before = desk.records()
    desk.deliver(GOOD.replace("2,Alan,1912-06-23,5", line))
    account = desk.ingest()
    assert (account.quarantined, account.deleted) == (1, 0)
    assert desk.records() == before


def test_a_record_whose_key_cannot_be_read_keeps_its_last_good_state(desk: Desk) -> None:
    before = desk.records()
    desk.deliver(GOOD.replace("2,Alan", "2?,Alan"))
    account = desk.ingest()
    assert (account.quarantined, account.deleted) == (1, 0)
    assert desk.records() == before


def test_a_value_that_does_not_fit_its_type_is_quarantined_with_the_row_as_it_came(desk: Desk) -> None:
    before = desk.records()
    desk.deliver(GOOD.replace("2,Alan,1912-06-23,5", "2,Alan,yesterday,5"))
    account = desk.ingest()
    assert (account.read, account.quarantined, account.unchanged, account.deleted) == (4, 1, 3, 0)
    (row,) = desk.quarantine()
    assert (row["line"], row["rule"]) == (3, "values fit their types")
    assert row["row"] == '{"id":"2","name":"Alan","born":"yesterday","spent":"5"}'
    assert "yesterday" in str(row["value"])
    assert desk.records() == before


def test_the_column_whose_value_does_not_fit_is_named(desk: Desk) -> None:
    desk.deliver(GOOD.replace("2,Alan,1912-06-23,5", "2,Alan,yesterday,5"))
    desk.ingest()
    (row,) = desk.quarantine()
    assert row["column_name"] == "born"


@pytest.mark.parametrize(
    "above",
    ["5,Ken\n", "\n", '5,"Ken\nThompson",1943-02-04,0\n'],
    ids=["unreadable line", "blank line", "two-line value"],
)
def test_a_quarantined_row_names_its_line_whatever_stands_above_it(desk: Desk, above: str) -> None:
    desk.deliver(GOOD + above + "6,Barbara,1939-11-07,-1\n")
    line = GOOD.count("\n") + above.count("\n") + 1
    desk.ingest()
    assert [row["line"] for row in desk.quarantine() if row["rule"] == "spent is not negative"] == [line]


def test_a_row_mended_in_the_source_is_admitted_again(desk: Desk) -> None:
    desk.deliver(GOOD + "5,Ken,1943-02-04,-1\n")
    assert desk.ingest().quarantined == 1
    desk.deliver(GOOD + "5,Ken,1943-02-04,1\n")
    account = desk.ingest()
    assert (account.admitted, account.quarantined, account.current) == (1, 0, 5)


def test_a_rule_made_milder_admits_the_rows_that_it_refused(desk: Desk) -> None:
    desk.deliver(GOOD + "5,Ken,1943-02-04,-1\n")
    assert desk.ingest().quarantined == 1
    desk.reconfigure('sql = "spent >= 0"', 'sql = "spent >= -1"')
    account = desk.ingest()
    assert (account.admitted, account.quarantined, account.unchanged, account.current) == (1, 0, 4, 5)
