"""The demo company on the command line: it is made, drawn, run, lives on and is judged, as a newcomer sees it."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb

from pipelines.demo.calendar import HISTORY_END, as_date, day_number
from tests.command_line import Desk, one_line
from tests.conftest import Founded

LAST = day_number(HISTORY_END)


def demo_run(desk: Desk, *arguments: str) -> str:
    """Let the company live and run the warehouse, without the dashboards; what is said on standard output."""
    return one_line(desk.concord("demo", *arguments, "--no-serve", config=False).stdout)


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file under ``folder``, with its size and when it was written."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def score_of(desk: Desk) -> dict[str, Any]:
    """The score as the one JSON document on standard output."""
    judged: dict[str, Any] = json.loads(desk.concord("demo", "score", "--json", config=False).stdout)
    return judged


def test_demo_company_is_made_drawn_run_lives_on_and_is_judged(
    learned_demo: None, founded: Founded, tmp_path: Path
) -> None:
    desk = Desk(
        tmp_path, compiled=Path(os.environ["CONCORD_COMPILED"])
    )  # test_command_line compiles as a newcomer does
    demo = desk.home / "demo"

    refused = desk.concord("demo", "score", "--json", exit_code=1, config=False)
    assert one_line(refused.stderr).startswith("Error: There is no demo company in ")
    assert refused.stdout == ""

    shutil.rmtree(desk.home, ignore_errors=True)
    for room in ("home", "prefect"):  # Prefect's database takes seconds to be made
        shutil.copytree(founded.settings.home.root.parent / room, tmp_path / room, symlinks=True)
    said = one_line(founded.said)
    assert f"rows, up to {as_date(LAST):%d %B %Y}." in said
    assert "Published version 1" in said
    assert {path.name for path in demo.iterdir()} == {"extracts", "truth", "world", "company.json", "report.html"}
    assert f"up to {as_date(LAST):%d %B %Y}" in (demo / "report.html").read_text(encoding="utf-8")
    assert str(founded.settings.home.root / "demo" / "report.html") in said.replace(" ", "")
    assert {file.stem for file in (demo / "extracts").rglob("*.csv")} == {f"{as_date(LAST)}"}

    before = files(demo)
    for other in (("--seed", "2"), ("--scale", "small")):
        refused = desk.concord("demo", *other, "--no-serve", exit_code=1, config=False)
        assert refused.stdout == ""
        error = f"Error: {demo} holds the tiny company of seed 1 and mess 1."
        assert one_line(refused.stderr).startswith(error)
        assert refused.stderr.count("Error") == 1
    assert files(demo) == before
    assert json.loads(desk.concord("status", "--json").stdout)["published"]["number"] == 1

    said = demo_run(desk, "--days", "2")
    assert f"up to {as_date(LAST + 2):%d %B %Y}." in said
    assert "Published version 2" in said
    assert "incrementally" in said
    added = files(demo / "extracts").keys() - {name.removeprefix("extracts/") for name in before}
    assert {Path(name).stem for name in added} == {f"{as_date(LAST + later)}" for later in (1, 2)}

    judged = score_of(desk)
    quarantine = judged["quarantine"]
    assert (judged["version"], judged["as_of"]) == (2, f"{as_date(LAST + 2)}")
    assert quarantine["faults"] > 20
    assert (quarantine["missed"], quarantine["false_alarms"], quarantine["wrongly_refused"]) == (0, 0, 0)
    assert (quarantine["precision"], quarantine["recall"]) == (1.0, 1.0)
    assert judged["loads"]["difference"] == 0
    assert judged["loads"]["delivered"] == delivered(demo)
    assert "Rows that the door must refuse" in desk.concord("demo", "score", config=False).stdout


def delivered(demo: Path) -> int:
    """Rows in the extracts, whatever is in them."""
    count = 0
    for file in (demo / "extracts").rglob("*.csv"):
        found = duckdb.execute("select count(*) from read_csv(?, all_varchar = true, header = true)", [str(file)])
        count += found.fetchall()[0][0]
    return count
