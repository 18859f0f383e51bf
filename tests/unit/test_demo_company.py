"""The simulated company drops the same bytes whenever it is asked, and its two systems fit together."""

import json
import shutil
import string
from pathlib import Path

import polars as pl
import pytest

from pipelines.demo.company import HISTORY_END, Drop, write_drops
from pipelines.demo.customers import salesforce_id
from pipelines.errors import ConcordError

SCALE = 0.05
TABLES = {
    "salesforce/Account": "Id,Name,AccountNumber,Type,Industry,Phone,Website,BillingStreet,BillingCity,"
    "BillingPostalCode,BillingCountryCode,CreatedDate,SystemModstamp,IsDeleted",
    "sap/KNA1": "MANDT,KUNNR,NAME1,LAND1,ORT01,PSTLZ,STRAS,TELF1,STCEG,ERDAT,LOEVM,ODQ_CHANGEMODE",
    "sap/MARA": "MANDT,MATNR,ERSDA,MATKL,MEINS,LVORM,ODQ_CHANGEMODE",
    "sap/MAKT": "MANDT,MATNR,SPRAS,MAKTX,ODQ_CHANGEMODE",
    "sap/T023T": "MANDT,SPRAS,MATKL,WGBEZ,ODQ_CHANGEMODE",
    "sap/MBEW": "MANDT,MATNR,BWKEY,VPRSV,STPRS,PEINH,ODQ_CHANGEMODE",
    "sap/VBAK": "MANDT,VBELN,ERDAT,AUDAT,VKORG,BUKRS_VF,KUNNR,WAERK,VDATU,ODQ_CHANGEMODE",
    "sap/VBAP": "MANDT,VBELN,POSNR,MATNR,KWMENG,VRKME,NETPR,KPEIN,NETWR,WERKS,ABGRU,ODQ_CHANGEMODE",
}


@pytest.fixture(scope="module")
def one_shot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history and five days, written by one call."""
    folder = tmp_path_factory.mktemp("one_shot")
    write_drops(folder, days=5, scale=SCALE)
    return folder


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty days of a company large enough that orders are corrected and deleted and customers move."""
    folder = tmp_path_factory.mktemp("long_run")
    write_drops(folder, seed=7, days=40, scale=0.4)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder`` by its relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read(folder: Path, table: str) -> pl.DataFrame:
    """All drops of ``table``, oldest first, every column text, with the column ``drop``; empty fields are ""."""
    frames = [
        pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""), drop=pl.lit(path.stem))
        for path in sorted((folder / table).glob("*.csv"))
    ]
    return pl.concat(frames)


def unpointed(column: str) -> pl.Expr:
    """A decimal number as the integer that it is without its point."""
    return pl.col(column).str.replace(".", "", literal=True).cast(pl.Int64)


def test_same_seed_gives_the_same_bytes_in_one_call_or_day_by_day(one_shot: Path, tmp_path: Path) -> None:
    for days in range(6):
        write_drops(tmp_path, days=days, scale=SCALE)
    assert contents(tmp_path) == contents(one_shot)


def test_another_seed_gives_another_company_in_one_drop_of_every_table(one_shot: Path, tmp_path: Path) -> None:
    (drop,) = write_drops(tmp_path, seed=2, scale=SCALE)
    assert drop == Drop(HISTORY_END, drop.rows)
    assert set(drop.rows) == set(TABLES)
    name = f"sap/VBAP/{HISTORY_END}.csv"
    assert contents(tmp_path)[name] != contents(one_shot)[name]


def test_folder_of_another_seed_is_refused_and_left_alone(one_shot: Path) -> None:
    before = contents(one_shot)
    with pytest.raises(ConcordError, match="seed 1"):
        write_drops(one_shot, seed=2, days=6, scale=SCALE)
    assert contents(one_shot) == before


def test_complete_folder_is_not_written_again(one_shot: Path) -> None:
    assert write_drops(one_shot, days=5, scale=SCALE) == []


def test_killed_drop_is_redone_with_the_same_bytes(one_shot: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(one_shot, folder)
    day = min(path.stem for path in (folder / "sap/VBAP").iterdir() if path.stem > f"{HISTORY_END}")
    (folder / f".drops/{day}.json").unlink()
    (folder / f"sap/VBAP/{day}.csv").unlink()
    (folder / f"sap/VBAK/.{day}.csv.part").write_text("MANDT,VBE")
    redone = write_drops(folder, days=5, scale=SCALE)
    assert [f"{drop.day}" for drop in redone] == [day]
    assert contents(folder) == contents(one_shot)


def test_killed_initial_drop_is_redone_with_the_same_bytes(one_shot: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(one_shot, folder)
    (folder / f".drops/{HISTORY_END}.json").unlink()
    shutil.rmtree(folder / "sap/KNA1")
    (folder / f"salesforce/Account/{HISTORY_END}.csv").write_text("half")
    written = write_drops(folder, days=5, scale=SCALE)
    assert [drop.day for drop in written] == [HISTORY_END]
    assert contents(folder) == contents(one_shot)


@pytest.mark.parametrize("table", TABLES)
def test_marker_counts_the_rows_of_its_files_and_columns_are_in_order(long_run: Path, table: str) -> None:
    for marker in (long_run / ".drops").iterdir():
        rows = json.loads(marker.read_text())["rows"]
        path = long_run / table / f"{marker.stem}.csv"
        assert path.exists() == (table in rows)
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            assert lines[0] == TABLES[table]
            assert len(lines) - 1 == rows[table]


def test_net_value_is_quantity_times_price_to_the_cent(long_run: Path) -> None:
    lines = read(long_run, "sap/VBAP").filter(pl.col("MATNR") != "", ~pl.col("KWMENG").str.starts_with("-"))
    assert lines["KPEIN"].unique().sort().to_list() == ["1", "100"]
    product = unpointed("KWMENG") * unpointed("NETPR")
    unit = 1000 * pl.col("KPEIN").cast(pl.Int64)
    off = lines.filter((2 * (product - unpointed("NETWR") * unit)).abs() > unit)
    assert off.is_empty()


def test_injected_mess_stays_rare(long_run: Path) -> None:
    lines = read(long_run, "sap/VBAP")
    mess = lines.filter((pl.col("MATNR") == "") | pl.col("KWMENG").str.starts_with("-"))
    assert 0 < mess.height < 0.0015 * lines.height


def test_every_row_points_at_rows_that_are_there(long_run: Path) -> None:
    """A line has its order, an order its customer, a line its material, and none comes before what it points at."""
    first = {
        (table, key): read(long_run, table).group_by(key).agg(pl.col("drop").min().alias("first"))
        for table, key in (("sap/VBAK", "VBELN"), ("sap/KNA1", "KUNNR"), ("sap/MARA", "MATNR"))
    }
    for child, (table, key) in zip(("sap/VBAP", "sap/VBAK", "sap/VBAP"), first, strict=True):
        rows = read(long_run, child).filter(pl.col(key) != "").join(first[table, key], on=key, how="left")
        assert rows.filter(pl.col("first").is_null() | (pl.col("first") > pl.col("drop"))).is_empty(), (child, table)


def test_nothing_is_ordered_before_its_customer_and_material_exist(long_run: Path) -> None:
    customers = read(long_run, "sap/KNA1").select("KUNNR", pl.col("ERDAT").alias("born")).unique("KUNNR")
    materials = read(long_run, "sap/MARA").select("MATNR", "ERSDA")
    orders = read(long_run, "sap/VBAK").select("VBELN", "KUNNR", "ERDAT").unique("VBELN")
    lines = read(long_run, "sap/VBAP").select("VBELN", "MATNR").join(orders, on="VBELN").join(customers, on="KUNNR")
    assert lines.filter(pl.col("ERDAT") < pl.col("born")).is_empty()
    assert lines.join(materials, on="MATNR").filter(pl.col("ERDAT") < pl.col("ERSDA")).is_empty()


def test_later_days_correct_and_delete_only_lines_that_are_there(long_run: Path) -> None:
    alive: set[tuple[str, str]] = set()
    last: dict[tuple[str, str], str] = {}
    modes = set()
    for number, position, quantity, mode in (
        read(long_run, "sap/VBAP").select("VBELN", "POSNR", "KWMENG", "ODQ_CHANGEMODE").iter_rows()
    ):
        line = (number, position)
        assert (line in alive) == (mode != "C")
        assert mode != "U" or quantity != last[line]
        assert mode != "D" or quantity == last[line]
        last[line] = quantity
        alive.discard(line) if mode == "D" else alive.add(line)
        modes.add(mode)
    assert modes == {"C", "U", "D"}


def test_deleted_order_takes_all_its_lines_along(long_run: Path) -> None:
    deleted = read(long_run, "sap/VBAK").filter(pl.col("ODQ_CHANGEMODE") == "D")
    lines = read(long_run, "sap/VBAP").join(deleted, on="VBELN", how="semi")
    left = lines.filter(pl.col("ODQ_CHANGEMODE") != "D").select("VBELN", "POSNR").unique()
    gone = lines.filter(pl.col("ODQ_CHANGEMODE") == "D").select("VBELN", "POSNR")
    assert not deleted.is_empty()
    assert left.sort(pl.all()).equals(gone.sort(pl.all()))


def test_account_numbers_are_customers_of_the_erp(long_run: Path) -> None:
    accounts = read(long_run, "salesforce/Account")
    customers = set(read(long_run, "sap/KNA1")["KUNNR"])
    numbers = set(accounts["AccountNumber"]) - {""}
    assert {number.zfill(10) for number in numbers} == customers
    assert 0.04 < (accounts["AccountNumber"] == "").mean() < 0.13  # type: ignore[operator]
    assert ((accounts["AccountNumber"] == "") == (accounts["Type"] == "Prospect")).all()


def test_account_ids_are_unique_and_their_checksums_right(one_shot: Path) -> None:
    ids = read(one_shot, "salesforce/Account").filter(pl.col("drop") == f"{HISTORY_END}")["Id"]
    assert ids.is_unique().all()
    for identifier in ids:
        bits = ["1" if mark in string.ascii_uppercase else "0" for mark in identifier[:15]]
        suffix = ["ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int("".join(bits[at : at + 5][::-1]), 2)] for at in (0, 5, 10)]
        assert identifier[:3] == "001"
        assert identifier[15:] == "".join(suffix)


def test_consecutive_accounts_have_different_ids() -> None:
    assert len({salesforce_id(number) for number in range(5000)}) == 5000


def test_days_below_zero_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConcordError, match="-1 days"):
        write_drops(tmp_path, days=-1)
