"""A file that is missing, or not what it should be, is held with a clear message: data are never lost by it."""

import os
import tracemalloc
from pathlib import Path

import duckdb
import pytest

from tests.desk import GOOD, HEADER, Desk, held, nothing_changes

# A delivery that is not there


def test_a_missing_file_is_named_and_the_last_good_data_stay(desk: Desk) -> None:
    path = desk.extracts / "customer.csv"
    path.unlink()
    held(desk, f"{path} is missing.", "concord.toml")


def test_a_missing_folder_is_named_and_the_last_good_data_stay(desk: Desk) -> None:
    desk.reconfigure('path = "extracts"', 'path = "nowhere"')
    with nothing_changes(desk), nothing_changes(desk, "visit"):
        for table in ("customer", "visit"):
            account = desk.ingest(table)
            assert account.status == "held"
            assert f"The folder {desk.folder / 'nowhere'} is missing." in account.messages[0]


def test_a_folder_in_the_place_of_a_file_is_held(desk: Desk) -> None:
    path = desk.extracts / "customer.csv"
    path.unlink()
    path.mkdir()
    held(desk, str(path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_held(desk: Desk) -> None:
    desk.deliver(GOOD + "5,Ken,,0\n").chmod(0)
    held(desk, "customer.csv", "ermission")


def test_a_file_that_cannot_be_opened_is_held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.open

    def refuse(self: Path, *arguments: object, **options: object) -> object:
        if self.name == "customer.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return original(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)
    held(desk, "customer.csv", "ermission")


# A file that is not what it should be


def test_a_wrong_delimiter_is_recognised(desk: Desk) -> None:
    desk.deliver(GOOD.replace(",", ";"))
    held(desk, "the header is one column with the delimiter ','", "It looks delimited by ';'")


@pytest.mark.parametrize("rows_before", [1, 5_000])
def test_a_broken_encoding_names_its_line(desk: Desk, rows_before: int) -> None:
    good = "".join(f"{number},Zoë,1990-01-01,1\n" for number in range(1, rows_before + 1))
    desk.deliver((HEADER + good).encode() + "9000000,Zoë,1990-01-01,1\n".encode("latin-1"))
    if rows_before == 1:
        held(desk, f"customer.csv: line {rows_before + 2} is not utf-8.", "latin-1")
        return
    account = desk.ingest()
    if account.status == "held":
        assert f"line {rows_before + 2} is not utf-8" in account.messages[0]
    else:
        assert [row["line"] for row in desk.quarantine()] == [rows_before + 2]
        assert "utf-8" in str(desk.quarantine()[0]["value"])
        assert account.admitted + account.unchanged == rows_before


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_declared_encoding_is_read(desk: Desk, encoding: str) -> None:
    desk.reconfigure('file = "customer.csv"', f'file = "customer.csv"\nencoding = "{encoding}"')
    desk.deliver(GOOD.replace("Ada", "Adélaïde").encode(encoding))
    account = desk.ingest()
    assert (account.admitted, account.unchanged, account.quarantined) == (1, 3, 0)
    assert desk.records()[1][1] == "Adélaïde"


def test_a_byte_order_mark_is_no_part_of_the_first_name(desk: Desk) -> None:
    desk.deliver(("\ufeff" + GOOD).encode())
    assert desk.ingest().unchanged == 4


def test_a_missing_column_is_named(desk: Desk) -> None:
    desk.deliver("id,name,spent\n1,Ada,10\n")
    held(desk, "column born is missing from the header (id, name, spent)", "The last good data stay")


def test_an_extra_column_is_carried_along_as_text_and_reported(desk: Desk) -> None:
    desk.deliver(
        "id,name,mood,born,spent\n1,Ada,07,1815-12-10,10\n5,Ken,8,1943-02-04,0\n2,Alan,,1912-06-23,5\n3,Grace,,1906-12-09,7\n"
    )
    account = desk.ingest()
    assert "columns that the contract does not know: mood" in account.messages[0]
    file = desk.settings.home.landing / str(desk.state.batches("crm", "customer")[-1].file)
    moods = duckdb.execute("select id, mood from read_parquet(?) where _op = 'upsert'", [str(file)]).fetchall()
    assert (1, "07") in moods
    assert (5, "8") in moods
    assert set(desk.records()) == {1, 2, 3, 5}


def test_another_order_of_columns_is_nothing_new(desk: Desk) -> None:
    desk.deliver(
        "spent,born,id,name\n10,1815-12-10,1,Ada\n5,1912-06-23,2,Alan\n7,1906-12-09,3,Grace\n1,1930-05-11,4,Edsger\n"
    )
    records = desk.records()
    account = desk.ingest()
    assert (account.read, account.admitted, account.unchanged, account.deleted) == (4, 0, 4, 0)
    assert desk.records() == records


def test_other_line_ends_are_nothing_new(desk: Desk) -> None:
    desk.deliver(GOOD.replace("\n", "\r\n"))
    assert desk.ingest().unchanged == 4


def test_an_empty_file_is_held(desk: Desk) -> None:
    desk.deliver("")
    held(desk, "customer.csv is empty: it has not even a header.")


def test_a_file_of_blank_lines_is_held(desk: Desk) -> None:
    desk.deliver("\n\n")
    held(desk, "is missing from the header")


def test_a_repeated_column_is_named(desk: Desk) -> None:
    desk.deliver("id,name,name,born,spent\n1,Ada,Ada,1815-12-10,10\n")
    held(desk, "the header names name twice")


@pytest.mark.parametrize(("header", "name"), [("id,name,born,spent,_op", "_op"), ("id,name,born,spent,", "")])
def test_a_column_with_a_reserved_name_is_refused(desk: Desk, header: str, name: str) -> None:
    desk.deliver(f"{header}\n1,Ada,1815-12-10,10,delete\n")
    held(desk, f"the header has a column called '{name}'", "underscore")


def test_a_file_that_only_calls_itself_parquet_is_held(desk: Desk) -> None:
    desk.reconfigure('file = "customer.csv"', 'file = "customer.parquet"')
    desk.deliver(GOOD, "customer.parquet")
    held(desk, "customer.parquet is not a Parquet file.")


def test_a_parquet_file_cut_short_is_held(desk: Desk) -> None:
    desk.reconfigure('file = "customer.csv"', 'file = "customer.parquet"')
    whole = desk.extracts / "whole.parquet"
    duckdb.execute(
        f"copy (select i as id, 'n' as name, date '2020-01-01' as born, 1 as spent from range(99) t(i)) to '{whole}'"
    )
    desk.deliver(whole.read_bytes()[:-40], "customer.parquet")
    held(desk, "customer.parquet is not a Parquet file.")


# Content that cannot be told apart


@pytest.mark.parametrize("lines_after", [2, 300_000])
def test_a_quote_that_is_never_closed_swallows_nothing(desk: Desk, lines_after: int) -> None:
    desk.deliver(GOOD + '5,"Ken,1943-02-04,0\n' + "6,Barbara,1939-11-07,0\n" * lines_after)
    held(desk, "the value that starts at line 6 never ends", "A quote is not closed")


def test_a_quote_closed_megabytes_later_swallows_nothing(desk: Desk) -> None:
    desk.deliver(GOOD + '5,"Ken,1943-02-04,0\n' + "6,Barbara,1939-11-07,0\n" * 300_000 + '7,Donald",1938-01-10,0\n')
    held(desk, "the value that starts at line 6 never ends", "A quote is not closed")


@pytest.mark.parametrize("lines_after", [2, 20_000])
def test_a_quote_never_closed_in_the_header_is_held(desk: Desk, lines_after: int) -> None:
    desk.deliver('id,name,"born,spent\n' + "6,Barbara,1939-11-07,0\n" * lines_after)
    message = held(desk, "customer.csv", "header")
    assert len(message) < 1_000


def test_a_field_of_two_gigabytes_is_refused_without_reading_it(desk: Desk) -> None:
    path = desk.deliver(GOOD + '5,"')
    os.truncate(path, 2 << 30)
    tracemalloc.start()
    held(desk, f"the line that starts at byte {len(GOOD):,} is longer than 2 MB")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16e6
    os.truncate(path, 0)


def test_a_field_just_below_the_limit_is_data(desk: Desk) -> None:
    desk.deliver(GOOD + f"5,{'x' * 1_900_000},1943-02-04,0\n")
    account = desk.ingest()
    assert (account.admitted, account.quarantined, account.unchanged) == (1, 0, 4)
    assert len(str(desk.records()[5][1])) == 1_900_000
