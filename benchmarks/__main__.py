"""Run the pipeline at growing sizes beside its floor: ``make bench SIZE=large JSON=result.json``."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.measure import total

SIZES = {
    "small": [50_000, 500_000],
    "medium": [50_000, 500_000, 2_000_000],
    "large": [50_000, 500_000, 5_000_000],
}
FLOOR_BAR, REFRESH_BAR, MEMORY_BAR_MB = 2.5, 0.10, 4_000


def main() -> None:
    """Measure each size in a process of its own and print a table; with --json, write everything measured as well."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--size", default="small", help=f"{', '.join(SIZES)}, or a number of order lines")
    parser.add_argument("--json", type=Path, help="file to write the measurements to")
    chosen = parser.parse_args()
    sizes = SIZES.get(chosen.size) or [int(chosen.size)]
    console = Console(width=None if sys.stdout.isatty() else 120)
    results = []
    for lines in sizes:
        with console.status(f"Measuring {lines:,} order lines …"):
            results.append(_measure(lines))
        _show(console, results[-1])
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _measure(lines: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="concord-bench-"))
    try:
        command = [sys.executable, "-m", "benchmarks.measure", str(lines), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"The measurement of {lines:,} lines failed:\n{done.stderr[-3000:]}")
        document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return document
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(
        title=f"{result['lines']:,} order lines",
        title_justify="left",
        title_style="bold",
        box=None,
        padding=(0, 2, 0, 0),
    )
    table.add_column("step")
    for name in ("seconds", "CPU s", "rows", "rows/s", "peak MB", "floor CPU s", "ratio"):
        table.add_column(name, justify="right")
    first, floor = result["first"], result["floor"]
    rows = {
        "ingest": first["read"],
        "build": first["rows_built"],
        "audit": first["rows_built"],
        "publish": first["rows_built"],
    }
    for step, cost in first["steps"].items():
        if step == "copy":  # nothing is published that it could begin with
            continue
        _add(table, f"first run: {step}", cost, rows[step], floor.get(step))
    both = total(first["steps"], ("ingest", "build"))
    _add(table, "ingest and build", both, first["read"], total(floor, ("ingest", "build")), style="bold")
    everything = total(first["steps"])
    refresh = total(result["refresh"]["steps"])
    rebuild = total(result["rebuild"]["steps"], ("build", "audit", "publish"))
    _add(table, "first run, all steps", everything, first["read"], None)
    _add(table, "second run, dbt compiles", total(result["next"]["steps"]), result["next"]["admitted"], None)
    for step, cost in result["refresh"]["steps"].items():
        _add(table, f"refresh: {step}", cost, result["refresh"]["admitted"], None)
    _add(table, "refresh, all steps", refresh, result["refresh"]["admitted"], None, style="bold")
    _add(table, "rebuild from the log", rebuild, first["read"], None)
    console.print(table)
    ratio = both["cpu_seconds"] / total(floor, ("ingest", "build"))["cpu_seconds"]
    share = refresh["cpu_seconds"] / everything["cpu_seconds"]
    of_rebuild = refresh["cpu_seconds"] / rebuild["cpu_seconds"]
    peak = max(everything["peak_mb"], refresh["peak_mb"])
    for text, figure, bar in (
        (f"ingest and build: {ratio:.2f}× of the floor", ratio, FLOOR_BAR),
        (
            f"refresh of {result['changed']:,} changed lines: {share:.1%} of the first run's CPU time",
            share,
            REFRESH_BAR,
        ),
        (f"the same: {of_rebuild:.1%} of a rebuild from the log", of_rebuild, REFRESH_BAR),
        (f"peak memory: {peak:,.0f} MB", peak, MEMORY_BAR_MB),
    ):
        console.print(
            f"{'[green]✓' if figure <= bar else '[yellow]·'}[/] {text} (bar at 5 M lines: {_bar(bar)})", highlight=False
        )
    console.print()


def _bar(bar: float) -> str:
    return f"{bar:,.0f} MB" if bar > 100 else (f"{bar:.0%}" if bar < 1 else f"{bar}×")


def _add(
    table: Table, name: str, cost: dict[str, float], rows: int, floor: dict[str, float] | None, style: str | None = None
) -> None:
    table.add_row(
        name,
        f"{cost['seconds']:.2f}",
        f"{cost['cpu_seconds']:.2f}",
        f"{rows:,}",
        f"{rows / max(cost['seconds'], 1e-9):,.0f}",
        f"{cost['peak_mb']:,.0f}",
        f"{floor['cpu_seconds']:.2f}" if floor else "",
        f"{cost['cpu_seconds'] / floor['cpu_seconds']:.2f}" if floor else "",
        style=style,
    )


if __name__ == "__main__":
    main()
