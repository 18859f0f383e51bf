"""Measure one size in a process of its own: ``python -m benchmarks.measure LINES FOLDER`` prints one JSON document.

With a third argument, the number of a day, it measures that day's refresh alone.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from benchmarks.company import write_company, write_news
from benchmarks.floor import run_floor
from pipelines.publish.project import compose
from pipelines.quality.contract import OperationColumn
from pipelines.run import RunAccount, run
from pipelines.settings import REPOSITORY, Settings, load_settings
from pipelines.state import State

P = ParamSpec("P")
R = TypeVar("R")

REFRESHED = (2, 3, 4)
"""The days whose refreshes are measured; the middle one counts, for the machine's noise is as large as what is measured."""


class Meter:
    """Adds up seconds and CPU seconds by step, and keeps the highest memory that the process had in each."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}

    @contextmanager
    def over(self, step: str) -> Iterator[None]:
        """Measure this block as a part of ``step``."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        started, worked = time.perf_counter(), time.process_time()
        yield
        entry = self.steps.setdefault(step, {"seconds": 0.0, "cpu_seconds": 0.0, "peak_mb": 0.0})
        entry["seconds"] += time.perf_counter() - started
        entry["cpu_seconds"] += time.process_time() - worked
        entry["peak_mb"] = max(entry["peak_mb"], _peak_mb())

    def call(self, name: str, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a step of a run and measure it; fits the parameter ``steps`` of `pipelines.run.run`."""
        with self.over(name.split(maxsplit=1)[0]):
            return step(*args, **kwargs)


def main() -> None:
    """Write the company, run everything, run the news, run the floor; print what it took."""
    lines, folder = int(sys.argv[1]), Path(sys.argv[2])
    extracts = folder / "extracts"
    if len(sys.argv) > 3:
        print(json.dumps(_refresh(lines, folder, int(sys.argv[3]))))
        return
    write_company(extracts, lines)
    settings = _settings(extracts, folder / "home")
    settings.home.create()
    with Meter().over("start"):
        warm(settings)
    document: dict[str, Any] = {"lines": lines}
    with State(settings.state_url.get_secret_value()) as state:
        document["first"] = measured(settings, state, full=False)
        document["changed"] = write_news(extracts, lines, day=1)
        document["next"] = measured(settings, state, full=False)  # dbt compiles what an incremental run executes
    document["refreshes"] = [_refresh_apart(lines, folder, day) for day in REFRESHED]
    document["refresh"] = sorted(document["refreshes"], key=lambda one: total(one["steps"])["cpu_seconds"])[1]
    with State(settings.state_url.get_secret_value()) as state:
        document["rebuild"] = measured(settings, state, full=True)
    floor = Meter()
    run_floor(settings, folder / "floor", floor)
    document["floor"] = floor.steps
    document["warehouse_mb"] = sum(path.stat().st_size for path in settings.home.published.iterdir()) / 3e6
    print(json.dumps(document))


def _refresh_apart(lines: int, folder: Path, day: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.measure", str(lines), str(folder), str(day)]
    document: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return document


def _refresh(lines: int, folder: Path, day: int) -> dict[str, Any]:
    """Take in one day's news as every run after the first two does: in a process that needs no dbt."""
    import pipelines.quality.engine  # noqa: F401

    settings = _settings(folder / "extracts", folder / "home")
    write_news(folder / "extracts", lines, day=day)
    with State(settings.state_url.get_secret_value()) as state:
        return measured(settings, state, full=False)


def total(steps: dict[str, dict[str, float]], names: tuple[str, ...] = ()) -> dict[str, float]:
    """Add up steps, all or those that are named; memory is the highest of them."""
    chosen = [cost for name, cost in steps.items() if not names or name in names]
    added = {key: sum(cost[key] for cost in chosen) for key in ("seconds", "cpu_seconds")}
    return added | {"peak_mb": max(cost["peak_mb"] for cost in chosen)}


def measured(settings: Settings, state: State, *, full: bool) -> dict[str, Any]:
    """Run once; returns what each step took, and how many rows were read, admitted and built."""
    meter = Meter()
    account: RunAccount = run(settings, state, full=full, steps=meter.call)
    return {
        "mode": account.mode,
        "steps": meter.steps,
        "read": sum(table.read for table in account.tables if table.status == "landed"),
        "admitted": sum(table.admitted for table in account.tables),
        "rows_built": sum(model.rows or 0 for model in account.models),
        "checks": account.checks,
        "models": {model.name: model.seconds for model in sorted(account.models, key=lambda model: -model.seconds)},
    }


def _settings(extracts: Path, home: Path) -> Settings:
    """The worked example, with sales delivered as changes and a column that says which kind."""
    import os

    os.environ.update(CONCORD_EXTRACTS=str(extracts), CONCORD_HOME=str(home))
    settings = load_settings(REPOSITORY / "docs" / "examples" / "crm-erp-csv" / "concord.toml")
    crm = settings.sources["crm"]
    sales = crm.tables["sales_details"].model_copy(
        update={
            "file": "sales_details*.csv",
            "load": "delta",
            "columns": {**crm.tables["sales_details"].columns, "op": "text"},
            "operation": OperationColumn(column="op", delete=["D"]),
        }
    )
    crm = crm.model_copy(update={"tables": {**crm.tables, "sales_details": sales}})
    return settings.model_copy(update={"sources": {**settings.sources, "crm": crm}})


def warm(settings: Settings) -> None:
    """Import the slow libraries and let dbt parse the models: what a process pays once."""
    import pipelines.quality.engine  # noqa: F401
    from pipelines.publish import dbt

    dbt.manifest_of(settings, compose(settings))


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
