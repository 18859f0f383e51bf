"""Files become rows in one way only: whatever the order of columns, the format or the line ends."""

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from pipelines.errors import ExtractError
from pipelines.quality.contract import TableContract
from pipelines.settings import FilesSource
from pipelines.sources import extracts
from pipelines.sources.extract import Extract, Skipped

COLUMNS = {"id": "integer", "name": "text", "day": "date", "spent": "decimal(10,2)"}


def contract(columns: dict[str, str] | None = None, **settings: Any) -> TableContract:
    """A contract over ``t.csv`` or what the settings say."""
    return TableContract.model_validate({"file": "t.csv", "key": ["id"], "columns": columns or COLUMNS} | settings)


def deliveries(folder: Path, promised: TableContract, known: dict[str, str] | None = None) -> list[Extract | Skipped]:
    source = FilesSource(kind="files", path=folder, tables={"t": promised})
    return list(extracts(source, promised, {} if known is None else known))


def rows(folder: Path, promised: TableContract) -> list[dict[str, Any]]:
    """The rows of the last delivery, as they are written for the door."""
    delivery = deliveries(folder, promised)[-1]
    assert isinstance(delivery, Extract)
    connection = duckdb.connect()
    target = folder / "written"
    assert delivery.write(connection, target) == []
    result = connection.execute("select * from read_parquet(?)", [str(target)])
    names = [column[0] for column in result.description]
    found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    connection.close()
    return found


def csv_rows(folder: Path, text: str, promised: TableContract | None = None) -> list[dict[str, Any]]:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    return rows(folder, promised or contract())


def hashes(found: list[dict[str, Any]]) -> list[int]:
    return [row["_row_hash"] for row in found]


def test_rows_come_in_their_types_and_in_their_order(tmp_path: Path) -> None:
    found = csv_rows(tmp_path, "id,name,day,spent\n2, Ada ,2024-02-29,1.5\n1,,,\n")
    assert [[row[name] for name in COLUMNS] for row in found] == [
        [2, " Ada ", dt.date(2024, 2, 29), Decimal("1.50")],
        [1, None, None, None],
    ]
    assert [(row["_uncast"], row["_raw"]) for row in found] == [(None, None)] * 2


def test_the_hash_does_not_depend_on_the_order_of_columns(tmp_path: Path) -> None:
    one = csv_rows(tmp_path, "id,name,day,spent,x,a\n1,Ada,2024-02-29,1.5,p,q\n")
    two = csv_rows(tmp_path, "a,spent,x,day,name,id\nq,1.5,p,2024-02-29,Ada,1\n")
    assert hashes(one) == hashes(two)
    assert {name: one[0][name] for name in one[0]} == {name: two[0][name] for name in one[0]}


def test_the_hash_is_the_same_today_and_in_the_next_version(tmp_path: Path) -> None:
    """It is in the log for ever: another formula would make every record look changed."""
    found = hashes(csv_rows(tmp_path, "id,name,day,spent\n1,Ada,2024-02-29,1.5\n"))
    again = hashes(csv_rows(tmp_path, "id,name,day,spent\r\n1,Ada,2024-02-29,1.5\r\n"))
    assert found == again
    assert found[0] > 0


@pytest.mark.parametrize(
    "changed",
    [
        "2,Ada,2024-02-29,1.5",
        "1,ada,2024-02-29,1.5",
        "1,Ada,2024-03-01,1.5",
        "1,Ada,2024-02-29,1.6",
        "1,,2024-02-29,1.5",
    ],
)
def test_the_hash_differs_when_a_value_does(tmp_path: Path, changed: str) -> None:
    header = "id,name,day,spent\n"
    assert hashes(csv_rows(tmp_path, header + "1,Ada,2024-02-29,1.5\n")) != hashes(
        csv_rows(tmp_path, header + changed + "\n")
    )


def test_the_hash_differs_when_a_type_or_a_column_does(tmp_path: Path) -> None:
    text = "id,name,day,spent\n1,Ada,2024-02-29,1.5\n"
    found = [
        hashes(csv_rows(tmp_path, text))[0],
        hashes(csv_rows(tmp_path, text, contract(COLUMNS | {"spent": "number"})))[0],
        hashes(csv_rows(tmp_path, text, contract(COLUMNS | {"day": "text"})))[0],
        hashes(csv_rows(tmp_path, "id,name,day,spent,more\n1,Ada,2024-02-29,1.5,\n"))[0],
    ]
    assert len(set(found)) == 4


_text = st.none() | st.text(st.sampled_from("ab,:\"'\x01\x1f\n "), max_size=4)
_two_texts = st.lists(st.tuples(_text, _text), min_size=2, max_size=12, unique=True)


@examples(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pairs=_two_texts)
def test_different_rows_have_different_hashes(tmp_path: Path, pairs: list[tuple[str | None, str | None]]) -> None:
    """Two rows with one hash would make a correction look like nothing new."""
    left, right = zip(*pairs, strict=True)
    frame = pl.DataFrame(
        {"id": [1] * len(pairs), "a": left, "b": right}, schema={"id": pl.Int64, "a": pl.String, "b": pl.String}
    )
    frame.write_parquet(tmp_path / "t.parquet")
    found = rows(tmp_path, contract({"id": "integer", "a": "text", "b": "text"}, file="t.parquet"))
    assert [(row["a"], row["b"]) for row in found] == pairs
    assert len(set(hashes(found))) == len(pairs)


def test_parquet_says_what_csv_says(tmp_path: Path) -> None:
    columns = COLUMNS | {"ratio": "number", "is_new": "boolean", "at": "timestamp"}
    text = (
        "id,name,day,spent,ratio,is_new,at,extra\n"
        "1,Ada,2024-02-29,1.50,0.25,true,2024-02-29 12:30:00,7\n"
        '2,"Zoë, ""the"" fast",1999-12-31,-3.00,1.5,false,1999-12-31 23:59:59.5,\n'
        "3,,,,,,,\n"
    )
    from_csv = csv_rows(tmp_path, text, contract(columns))
    duckdb.execute(
        f"copy (select id::bigint as id, name, day::date as day, spent::decimal(10,2) as spent, ratio::double as ratio, "
        f'is_new::boolean as is_new, "at"::timestamp as "at", extra::integer as extra '
        f"from read_csv('{tmp_path / 't.csv'}', all_varchar = true)) to '{tmp_path / 't.parquet'}' (format parquet)"
    )
    assert rows(tmp_path, contract(columns, file="t.parquet")) == from_csv


def test_the_ending_parquet_is_known_in_any_case(tmp_path: Path) -> None:
    pl.DataFrame({"id": [1], "name": ["Ada"], "day": [dt.date(2024, 2, 29)], "spent": ["1.50"]}).write_parquet(
        tmp_path / "T.PARQUET"
    )
    assert rows(tmp_path, contract(file="T.PARQUET"))[0]["name"] == "Ada"


def test_what_does_not_fit_is_named_and_kept_as_it_came(tmp_path: Path) -> None:
    (row,) = csv_rows(tmp_path, "id,name,day,spent\n1x,Ada,29.2.2024,1.5\n")
    assert row["_uncast"] == "id, day"
    assert row["_raw"] == '{"id":"1x","name":"Ada","day":"29.2.2024","spent":"1.5"}'
    assert (row["id"], row["day"], row["spent"]) == (None, None, Decimal("1.50"))


def test_blanks_around_a_number_do_no_harm(tmp_path: Path) -> None:
    (row,) = csv_rows(tmp_path, "id,name,day,spent\n 1 ,Ada, 2024-02-29 ,  \n")
    assert (row["id"], row["day"], row["spent"], row["_uncast"]) == (1, dt.date(2024, 2, 29), None, None)


def test_the_texts_that_mean_nothing_are_null(tmp_path: Path) -> None:
    (row,) = csv_rows(tmp_path, "id,name,day,spent\n1,n/a,NULL,\n", contract(null_values=["", "n/a", "NULL"]))
    assert (row["name"], row["day"], row["spent"], row["_uncast"]) == (None, None, None, None)


def test_quotes_delimiters_and_line_ends_inside_a_value_are_its_text(tmp_path: Path) -> None:
    found = csv_rows(tmp_path, 'id;name;day;spent\n1;"a;""b"";\nc";;\n2;d,e;;\n', contract(delimiter=";"))
    assert [row["name"] for row in found] == ['a;"b";\nc', "d,e"]


def test_difficult_names_of_columns_and_files_are_names(tmp_path: Path) -> None:
    folder = tmp_path / "it's a {folder}"
    folder.mkdir()
    columns = {"id": "integer", "it's": "text", 'a"b': "text", "select": "date", "größe %": "number"}
    (folder / "t.csv").write_text('id,it\'s,"a""b",select,größe %,x\'y\n1,a,b,2024-02-29,1.5,z\n', encoding="utf-8")
    (row,) = rows(folder, contract(columns))
    assert [row[name] for name in columns] == [1, "a", "b", dt.date(2024, 2, 29), 1.5]
    assert row["x'y"] == "z"


def test_of_a_full_table_only_the_newest_file_by_name_counts_and_of_a_delta_all(tmp_path: Path) -> None:
    for name in ("2025-02.csv", "2025-01.csv", "2025-10.csv"):
        (tmp_path / name).write_text(f"id,name,day,spent\n1,{name},,\n", encoding="utf-8")
    assert [found.origin for found in deliveries(tmp_path, contract(file="*.csv"))] == ["2025-10.csv"]
    every = deliveries(tmp_path, contract(file="*.csv", load="delta"))
    assert [found.origin for found in every] == ["2025-01.csv", "2025-02.csv", "2025-10.csv"]
    assert len({found.checksum for found in every}) == 3


def test_a_known_content_is_skipped_with_the_name_that_it_came_under(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("id,name,day,spent\n1,a,,\n", encoding="utf-8")
    (tmp_path / "2.csv").write_text("id,name,day,spent\n1,a,,\n", encoding="utf-8")
    first, second = deliveries(tmp_path, contract(file="*.csv", load="delta"))
    assert isinstance(first, Extract)
    assert isinstance(second, Skipped)
    assert second.remark == "2.csv is a duplicate of 1.csv: nothing to take in"
    again = deliveries(tmp_path, contract(file="1.csv", load="delta"), {first.checksum: "1.csv"})
    assert [found.remark for found in again if isinstance(found, Skipped)] == [
        "1.csv is the same file as before: nothing to take in"
    ]


def test_reading_leaves_the_extract_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    csv_rows(tmp_path, "id,name,day,spent\n1,a,,\n")
    file.chmod(0o400)
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    rows(tmp_path, contract())
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.csv", "written"]


def test_a_missing_file_is_an_extract_error(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"t\.csv is missing"):
        deliveries(tmp_path, contract())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("2026-10-31.csv", "2026-10-31"),
        ("customers_20261031.csv", "2026-10-31"),
        ("2026-13-31.csv", "2001-09-09T01:46:40"),
        ("customers-120261031.csv", "2001-09-09T01:46:40"),
    ],
)
def test_a_file_tells_the_state_of_the_day_in_its_name_or_else_of_its_last_change(
    tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / name).write_text("id,name,day,spent\n1,a,2026-01-01,1\n", encoding="utf-8")
    os.utime(tmp_path / name, (1_000_000_000, 1_000_000_000))
    [delivery] = deliveries(tmp_path, contract(file="*.csv"))
    assert isinstance(delivery, Extract)
    assert delivery.extracted_at == dt.datetime.fromisoformat(told)
