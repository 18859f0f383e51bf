"""The demo company's warehouse beside the bare SQL, and what a day costs as history grows: ``make bench-core SCALE=medium``.

A company lives for 4 months and for 40, ten times as long. Each is built in full; then two working days come, each about a
thousandth of the longer history, and are taken in one by one; the second is measured. The longer one is built by bare DuckDB too,
with the same SQL.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.floor import build_bare
from benchmarks.measure import Meter, measured, total, warm
from pipelines.demo.drops import advance
from pipelines.demo.scales import SCALES
from pipelines.settings import REPOSITORY, load_settings
from pipelines.state import State

HISTORIES = {"short": (date(2024, 2, 29), 3), "long": (date(2027, 2, 28), 1)}
"""Last days of the two histories, which both begin on 1 November 2023, and how many days after the next one (a Friday, a Monday) the
following working day is."""
FLOOR_BAR, REFRESH_BAR, GROWTH_BAR = 2.0, 0.05, 1.5


def main() -> None:
    """Measure both histories and print a table; with --json write everything measured as well."""
    parser = argparse.ArgumentParser(prog="benchmarks.core", description=__doc__)
    parser.add_argument("--scale", default="small", choices=SCALES)
    parser.add_argument("--json", type=Path, help="file to write the measurements to")
    parser.add_argument("--folder", type=Path, help="where to write; default: a temporary folder, which is removed")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="concord-bench-core-"))
    console = Console(width=None if sys.stdout.isatty() else 120)
    try:
        result = {}
        for name, (end, days) in HISTORIES.items():
            with console.status(f"The {name} history of the {chosen.scale} company …"):
                result[name] = measure(folder / name, chosen.scale, end, days, with_floor=name == "long")
    finally:
        if not chosen.folder:
            shutil.rmtree(folder, ignore_errors=True)
    _show(console, result)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, scale: str, end: date, days: int, *, with_floor: bool) -> dict[str, Any]:
    """Let a company live until ``end``, build it, build it bare where asked, and take in the day after ``end`` and the next ``days``.

    Returns for each part CPU seconds, seconds and peak MB by step, and how many rows were taken in.
    """
    os.environ["CONCORD_HOME"] = str(folder)
    settings = load_settings(REPOSITORY / "concord.toml")
    settings.home.create()
    if not (folder / "demo" / "company.json").exists():
        advance(folder / "demo", scale=scale, history_end=end)
    with Meter().over("start"):
        warm(settings)
    document: dict[str, Any] = {"history_end": end.isoformat()}
    with State(settings.state_url.get_secret_value()) as state:
        document["first"] = measured(settings, state, full=False)
        if with_floor:
            floor = Meter()
            aside = folder / "floor"
            aside.mkdir()
            build_bare(settings, settings.home.log_catalog, aside, floor)
            document["floor"] = floor.steps
            shutil.rmtree(aside)
        for kind, count in (
            ("next", 1),
            ("refresh", days),
        ):  # dbt compiles in the first what an incremental run executes
            advance(folder / "demo", days=count)
            document[kind] = measured(settings, state, full=False)
    return document


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("", "seconds", "CPU s", "rows taken in", "peak MB"):
        table.add_column(name, justify="right" if name else "left")
    for history, document in result.items():
        for kind in ("first", "refresh"):
            for step, cost in document[kind]["steps"].items():
                _add(table, f"{history} history, {kind}: {step}", cost, None)
            _add(table, f"{history} history, {kind}", total(document[kind]["steps"]), document[kind]["admitted"])
    floor = result["long"]["floor"]["build"]
    _add(table, "long history, bare SQL", floor, None)
    console.print(table)
    long, short = result["long"], result["short"]
    build = long["first"]["steps"]["build"]["cpu_seconds"] / floor["cpu_seconds"]
    refresh = total(long["refresh"]["steps"])["cpu_seconds"]
    whole = sum(long["first"]["steps"][step]["cpu_seconds"] for step in ("build", "audit", "publish"))
    changed = long["refresh"]["admitted"] / long["first"]["admitted"]
    growth = refresh / total(short["refresh"]["steps"])["cpu_seconds"]
    for text, figure, bar in (
        (f"full build: {build:.2f}× of the bare SQL (bar: {FLOOR_BAR:g}×)", build, FLOOR_BAR),
        (
            f"refresh with {changed:.2%} changed rows: {refresh / whole:.1%} of a full build from the log (bar: {REFRESH_BAR:.0%})",
            refresh / whole,
            REFRESH_BAR,
        ),
        (f"refresh with ten times the history: {growth:.2f}× (bar: {GROWTH_BAR:g}×)", growth, GROWTH_BAR),
    ):
        console.print(f"{'[green]✓' if figure <= bar else '[yellow]·'}[/] {text}", highlight=False)


def _add(table: Table, name: str, cost: dict[str, float], rows: int | None) -> None:
    table.add_row(
        name,
        f"{cost['seconds']:.1f}",
        f"{cost['cpu_seconds']:.1f}",
        "" if rows is None else f"{rows:,}",
        f"{cost['peak_mb']:,.0f}",
    )


if __name__ == "__main__":
    main()
