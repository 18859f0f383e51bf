"""The simulated company drops the same bytes however it is asked, and its deltas add up to what it is."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.demo.calendar import day_number
from pipelines.demo.drops import advance, lives_in
from pipelines.demo.shapes import SHAPES
from pipelines.errors import ConcordError

END = date(2025, 1, 31)
EARLIER_END = date(2024, 12, 31)  # the last month, lived day by day, is the one in which prices, pay and year change
SOON_END = date(2023, 12, 31)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder`` by its relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def folded(folder: Path, table: str) -> dict[str, str]:
    """The table as all its drops leave it: each row as text by its key."""
    shape = SHAPES[table]
    rows: dict[str, str] = {}
    gone = "ODQ_CHANGEMODE" if "ODQ_CHANGEMODE" in shape.columns else None
    for file in sorted((folder / "extracts" / table).glob("*.csv")):
        frame = pl.read_csv(file, infer_schema=False, truncate_ragged_lines=True)
        keys = frame.select(pl.concat_str(shape.key, separator="/", ignore_nulls=True)).to_series().to_list()
        bodies = frame.drop([gone] if gone else []).rows()
        marks = frame[gone].to_list() if gone else [None] * frame.height
        for key, body, mark in zip(keys, bodies, marks, strict=True):
            if mark == "D":
                rows.pop(key, None)
            else:
                rows[key] = repr(body)
    return rows


@pytest.fixture(scope="module")
def one_shot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny company at the end of its history, which ends a month after that of ``grown``."""
    folder = tmp_path_factory.mktemp("one_shot")
    advance(folder, scale="tiny", history_end=END)
    return folder


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same company with a shorter history, which then lived day by day to the same day."""
    folder = tmp_path_factory.mktemp("grown")
    advance(folder, scale="tiny", history_end=EARLIER_END)
    advance(folder, days=day_number(END) - day_number(EARLIER_END))
    return folder


def test_days_lived_one_by_one_are_the_days_lived_at_once(one_shot: Path, tmp_path: Path) -> None:
    advance(tmp_path / "at once", scale="tiny", days=35, history_end=END)
    shutil.copytree(one_shot, tmp_path / "one by one")
    for days in (None, 2, 27, 0, 5):  # nothing said is one day
        advance(tmp_path / "one by one", days=days)
    once, by_day = contents(tmp_path / "at once"), contents(tmp_path / "one by one")
    assert once.keys() == by_day.keys()
    assert [name for name in once if once[name] != by_day[name]] == []
    first = contents(one_shot / "extracts")
    assert {name: once[f"extracts/{name}"] for name in first} == first


def test_another_seed_is_another_company(tmp_path: Path) -> None:
    for seed in (0, 1):
        advance(tmp_path / f"{seed}", scale="tiny", seed=seed, history_end=SOON_END)
        company = lives_in(tmp_path / f"{seed}")
        assert company is not None
        assert company.seed == seed
    one, other = (contents(tmp_path / f"{seed}" / "extracts") for seed in (0, 1))
    assert one[f"sap/VBAP/{SOON_END}.csv"] != other[f"sap/VBAP/{SOON_END}.csv"]


@pytest.mark.parametrize("table", sorted(SHAPES))
def test_deltas_add_up_to_the_whole(one_shot: Path, grown: Path, table: str) -> None:
    assert folded(grown, table) == folded(one_shot, table)


def test_every_table_is_delivered(one_shot: Path) -> None:
    delivered = {f"{file.parts[-3]}/{file.parts[-2]}" for file in (one_shot / "extracts").rglob("*.csv")}
    assert delivered == set(SHAPES)


def test_company_of_another_seed_or_scale_is_refused_and_left_alone(one_shot: Path) -> None:
    before = contents(one_shot)
    for other in ({"seed": 9}, {"scale": "small"}, {"mess": 2.0}):
        with pytest.raises(ConcordError, match="tiny company of seed 1"):
            advance(one_shot, **other)
    with pytest.raises(ConcordError, match="days"):
        advance(one_shot, days=-1)
    assert contents(one_shot) == before


def test_company_of_an_earlier_generation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "company.json").write_text(
        '{"seed": 1, "scale": "tiny", "mess": 1.0, "day": 20757, "month": 36, "generation": 0}'
    )
    with pytest.raises(ConcordError, match="earlier Concord"):
        lives_in(tmp_path)
