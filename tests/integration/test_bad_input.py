"""Bad input costs a clear message and never data."""

import os
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ConcordError, ConfigurationError
from pipelines.run import run
from pipelines.settings import load_settings
from tests.desk import CONFIGURATION, GOOD, HEADER, VISITS, Desk


@pytest.fixture
def new_desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.state.close()


@pytest.fixture(scope="module")
def good_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that has taken in good data of both tables; the tests work on copies of it."""
    folder = tmp_path_factory.mktemp("good-day")
    first = Desk(folder)
    first.deliver(GOOD)
    first.deliver(VISITS, "visits/2025-01-01.csv")
    assert first.ingest().admitted == 4
    assert first.ingest("visit").admitted == 2
    first.state.close()
    return folder


@pytest.fixture
def desk(good_day: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with good data of both tables in its log."""
    shutil.copytree(good_day, tmp_path, dirs_exist_ok=True)
    copied = Desk(tmp_path)
    yield copied
    copied.state.close()


@contextmanager
def nothing_changes(desk: Desk, table: str = "customer") -> Iterator[None]:
    """The log of the table holds the same before and after."""
    before, records = desk.log(table), desk.records(table)
    yield
    assert desk.log(table) == before
    assert desk.records(table) == records


def held(desk: Desk, *gist: str, table: str = "customer") -> str:
    """Ingest, see the table held with a message that says the ``gist``, its data untouched, and the other table go on."""
    alive = len(desk.records(table))
    with nothing_changes(desk, table):
        account = desk.ingest(table)
    message = " ".join(account.messages)
    assert account.status == "held", message
    assert (account.read, account.current, account.batches) == (0, alive, [])
    for words in gist:
        assert words in message
    if table == "customer":
        desk.deliver("id,op,note\n9,U,later\n", "visits/2025-02-01.csv")
        other = desk.ingest("visit")
        assert (other.status, other.admitted, other.current) == ("landed", 1, 3)
    return message


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


# Too little, too often


def test_a_header_without_rows_is_an_empty_table_the_first_time(new_desk: Desk) -> None:
    new_desk.deliver(HEADER)
    account = new_desk.ingest()
    assert (account.status, account.read, account.current) == ("unchanged", 0, 0)
    assert account.messages == ["customer.csv has a header and no rows"]
    new_desk.deliver(GOOD)
    assert new_desk.ingest().admitted == 4


def test_a_header_without_rows_later_would_delete_everything_and_is_held(desk: Desk) -> None:
    desk.deliver(HEADER)
    held(desk, "the extract would delete 4 of 4 records", "largest_drop")


def test_a_suspicious_drop_is_held_until_a_person_believes_it(desk: Desk) -> None:
    desk.deliver(GOOD.splitlines(keepends=True)[0] + "1,Ada,1815-12-10,10\n")
    held(desk, "the extract would delete 3 of 4 records, more than the share that is believed (50%)")
    desk.reconfigure('file = "customer.csv"', 'file = "customer.csv"\nlargest_drop = 0.8')
    account = desk.ingest()
    assert (account.deleted, account.current) == (3, 1)
    assert set(desk.records()) == {1}


def test_a_drop_that_is_believed_deletes(desk: Desk) -> None:
    desk.deliver(HEADER + "1,Ada,1815-12-10,10\n2,Alan,1912-06-23,5\n")
    account = desk.ingest()
    assert (account.status, account.deleted, account.current) == ("landed", 2, 2)
    assert set(desk.records()) == {1, 2}


def test_the_same_file_again_is_nothing_new(desk: Desk) -> None:
    desk.deliver(GOOD)
    with nothing_changes(desk):
        account = desk.ingest()
    assert (account.status, account.read, account.unchanged, account.current) == ("unchanged", 4, 4, 4)
    assert "the same file as before" in account.messages[0]


def test_the_same_file_with_refused_rows_again_is_nothing_new(desk: Desk) -> None:
    desk.deliver(GOOD + "5,Ken,1943-02-04,-1\n")
    first = desk.ingest()
    with nothing_changes(desk):
        again = desk.ingest()
    assert (first.read, first.quarantined, first.unchanged) == (5, 1, 4)
    assert (again.read, again.quarantined, again.unchanged) == (5, 1, 4)


def test_a_delta_file_delivered_again_under_another_name_is_taken_in_once(desk: Desk) -> None:
    desk.deliver("id,op,note\n1,U,changed\n", "visits/2025-01-02.csv")
    assert desk.ingest("visit").admitted == 1
    desk.deliver(VISITS, "visits/2025-01-03.csv")
    with nothing_changes(desk, "visit"):
        account = desk.ingest("visit")
    assert account.status == "unchanged"
    assert account.messages == ["visits/2025-01-03.csv is a duplicate of visits/2025-01-01.csv: nothing to take in"]
    assert desk.records("visit")[1][2] == "changed"


def test_a_bad_delta_file_holds_what_comes_after_it_and_keeps_what_came_before(desk: Desk) -> None:
    desk.deliver("id,op,note\n3,U,good\n", "visits/2025-01-02.csv")
    bad = desk.deliver("id,note\n1,bad\n", "visits/2025-01-03.csv")
    desk.deliver("id,op,note\n1,D,\n", "visits/2025-01-04.csv")
    account = desk.ingest("visit")
    assert account.status == "held"
    assert "2025-01-03.csv: column op is missing" in account.messages[-1]
    assert set(desk.records("visit")) == {1, 2, 3}
    bad.write_text("id,op,note\n1,U,mended\n", encoding="utf-8")
    assert desk.ingest("visit").admitted == 2
    assert set(desk.records("visit")) == {2, 3}


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


# Configuration


@pytest.mark.parametrize(
    ("old", "new", "gist"),
    [
        ('kind = "files"', 'kind = "fax"', "sources.crm.kind: unknown kind of source; known: 'files'"),
        ('key = ["id"]', 'keys = ["id"]', "sources.crm.tables.customer.key"),
        ('load = "delta"', 'load = "delta"\nspeed = 3', "sources.crm.tables.visit.speed: unknown setting"),
        (
            'file = "customer.csv"\nkey = ["id"]',
            'file = "customer.csv"\nkey = ["number"]',
            "column 'number' is used but not",
        ),
        ('column = "spent"', 'column = "price"', "column 'price' is used but not declared"),
        ('born = "date"', 'born = "day"', "sources.crm.tables.customer.columns.born"),
        ('name = "text"', '_name = "text"', "underscore"),
        ('sql = "spent >= 0"', 'sql = "spent >= 0", expect = "column_values_to_be_null"', "either 'expect'"),
        ('sql = "spent >= 0"', 'expect = "column_values_to_be_nice"', "sources.crm.tables.customer.rules.0.expect"),
        ('sql = "spent >= 0"', 'sql = "spent >= 0", severty = "report"', "severty"),
        ('sql = "spent >= 0"', 'expect = "column_values_to_not_be_null", mostly = 0.9', "'mostly' means nothing here"),
        (
            'key = ["id"]\ncolumns',
            'key = ["id"]\noperation = { column = "name", delete = ["D"] }\ncolumns',
            "operation",
        ),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused_before_anything_is_written(
    tmp_path: Path, old: str, new: str, gist: str
) -> None:
    assert old in CONFIGURATION
    (tmp_path / "concord.toml").write_text(CONFIGURATION.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refusal:
        load_settings(tmp_path / "concord.toml")
    assert gist in refusal.value.message
    assert "\n" not in refusal.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["concord.toml"]


# A whole run


def _drop_everything(desk: Desk) -> str:
    return f"{desk.extracts / 'customer.csv'} is missing."


def _deliver_nonsense(desk: Desk) -> str:
    desk.deliver("what;is;this\n")
    desk.deliver("what;is;this\n", "visits/1.csv")
    return "customer.csv: the header is one column with the delimiter ','"


@pytest.mark.parametrize("spoil", [_drop_everything, _deliver_nonsense])
def test_a_first_run_that_can_take_in_nothing_says_so_and_publishes_nothing(
    new_desk: Desk, spoil: Callable[[Desk], str]
) -> None:
    gist = spoil(new_desk)
    with pytest.raises(ConcordError, match=r"^Nothing could be taken in") as failure:
        run(new_desk.settings, new_desk.state)
    assert gist in failure.value.message
    assert "1 more tables were held" in failure.value.message
    assert not list(new_desk.settings.home.published.iterdir())
    assert not new_desk.state.batches()
    last = new_desk.state.last_run()
    assert last is not None
    assert last["outcome"] == "failed"
