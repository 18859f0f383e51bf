"""How long the demo company takes to live: ``make bench-demo SCALE=small``."""

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.demo.drops import advance
from pipelines.demo.scales import SCALES

BARS = {"small": (30, None), "large": (900, 6_000)}
"""Seconds and MB of memory that are asked for."""


def main() -> None:
    """Let a company live through its history and one day more, and print what it cost; with --json write it as well."""
    parser = argparse.ArgumentParser(prog="benchmarks.simulate", description=__doc__)
    parser.add_argument("--scale", default="small", choices=SCALES)
    parser.add_argument("--json", type=Path, help="file to write the measurements to")
    parser.add_argument("--folder", type=Path, help="where to write; default: a temporary folder, which is removed")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="concord-bench-demo-"))
    try:
        result = measure(chosen.scale, folder)
    finally:
        if not chosen.folder:
            shutil.rmtree(folder, ignore_errors=True)
    _show(Console(width=None if sys.stdout.isatty() else 120), result)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(scale: str, folder: Path) -> dict[str, Any]:
    """Write the history and one day in this process; returns seconds, CPU seconds, peak MB, rows and bytes."""
    started, cpu = time.perf_counter(), time.process_time()
    (history,) = advance(folder, scale=scale)
    whole = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
    started, cpu = time.perf_counter(), time.process_time()
    (day,) = advance(folder, days=1)
    return {
        "scale": scale,
        "history": whole | {"rows": sum(history.rows.values())},
        "day": {
            "seconds": time.perf_counter() - started,
            "cpu_seconds": time.process_time() - cpu,
            "rows": sum(day.rows.values()),
        },
        "order_lines": history.rows["sap/VBAP"],
        "ledger_lines": history.rows["sap/ACDOCA"],
        "tables": history.rows,
        "extracts_mb": sum(file.stat().st_size for file in (folder / "extracts").rglob("*.csv")) / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title=f"The {result['scale']} company", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("", "seconds", "CPU s", "rows", "rows/s"):
        table.add_column(name, justify="right" if name else "left")
    for name in ("history", "day"):
        cost = result[name]
        figures = (f"{cost['seconds']:.1f}", f"{cost['cpu_seconds']:.1f}", f"{cost['rows']:,}")
        table.add_row(name, *figures, f"{cost['rows'] / cost['seconds']:,.0f}")
    console.print(table)
    console.print(
        f"{result['order_lines']:,} order lines, {result['ledger_lines']:,} ledger lines, {result['extracts_mb']:,.0f} MB of "
        f"extracts, {result['peak_mb']:,.0f} MB of memory at the peak",
        highlight=False,
    )
    seconds, megabytes = BARS.get(result["scale"], (None, None))
    for name, figure, bar in (("seconds", result["history"]["seconds"], seconds), ("MB", result["peak_mb"], megabytes)):
        if bar is not None:
            console.print(f"{'[green]✓' if figure <= bar else '[yellow]·'}[/] under {bar:,} {name}", highlight=False)


if __name__ == "__main__":
    main()
