"""The marts beside the bare SQL, and how fast people are answered: ``make bench-marts SCALE=medium``.

A company is built. Its marts are then built once more by dbt and by bare DuckDB, with the same SQL on the same core. At last
every query of the dashboards is asked, for the customer with most orders and the longest period, and a first look is taken at every
mart; of three times the fastest counts, for a page asks again and again.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.floor import bare_models
from benchmarks.measure import Meter, measured, warm
from pipelines.demo.drops import advance
from pipelines.demo.scales import SCALES
from pipelines.publish import dbt
from pipelines.publish.project import compose
from pipelines.settings import REPOSITORY, Settings, load_settings
from pipelines.state import State
from pipelines.warehouse import ask, current_version, read_published, version_file

FLOOR_BAR, ANSWER_BAR_SECONDS = 2.0, 0.1
TRIES = 3


def main() -> None:
    """Build, measure, print a table; with --json write everything measured as well."""
    parser = argparse.ArgumentParser(prog="benchmarks.marts", description=__doc__)
    parser.add_argument("--scale", default="small", choices=SCALES)
    parser.add_argument("--json", type=Path, help="file to write the measurements to")
    parser.add_argument("--home", type=Path, help="home of a demo company that is there; default: a temporary one")
    chosen = parser.parse_args()
    home = chosen.home or Path(tempfile.mkdtemp(prefix="concord-bench-marts-"))
    console = Console(width=None if sys.stdout.isatty() else 120)
    try:
        with console.status(f"The marts of the {chosen.scale} company …"):
            result = measure(home, chosen.scale)
    finally:
        if not chosen.home:
            shutil.rmtree(home, ignore_errors=True)
    _show(console, result)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(home: Path, scale: str) -> dict[str, Any]:
    """Return CPU seconds of the marts by dbt and bare, and seconds by query and by mart."""
    os.environ["CONCORD_HOME"] = str(home)
    settings = load_settings(REPOSITORY / "concord.toml")
    settings.home.create()
    if not (home / "demo" / "company.json").exists():
        advance(home / "demo", scale=scale)
    with Meter().over("start"):
        warm(settings)
    with State(settings.state_url.get_secret_value()) as state:
        measured(settings, state, full=False)
    meter = Meter()
    names = _build_marts(settings, meter)
    bare_models(settings, names, meter)
    version = current_version(settings.home) or 0
    return {
        "marts": len(names),
        "steps": meter.steps,
        "queries": {name: _fastest(asked) for name, asked in queries(settings, version)},
        "looks": _looks(settings, version),
    }


def _build_marts(settings: Settings, meter: Meter) -> list[str]:
    """Build the marts anew on a copy of the version; returns the names of their models."""
    shutil.copyfile(version_file(settings.home, current_version(settings.home) or 0), settings.home.candidate)
    project = compose(settings)
    with meter.over("dbt"):
        results = dbt.invoke(settings, project, ["run", "--full-refresh", "--select", "path:models/marts"])
        dbt.close_connections()
    failed = [f"{result.name}: {result.message}" for result in results if result.status != "success"]
    if failed:
        sys.exit("\n".join(failed))
    return [result.name for result in results]


def _marts(settings: Settings) -> list[str]:
    manifest = dbt.manifest_of(settings, compose(settings))
    return sorted(
        f"{node.schema}.{node.name}"
        for node in manifest.nodes.values()
        if node.resource_type == "model" and node.fqn[1] == "marts"
    )


def _looks(settings: Settings, version: int) -> dict[str, float]:
    connection, _ = read_published(settings.home, version)
    try:
        return {
            mart: _fastest(lambda mart=mart: connection.execute(f"select * from {mart} limit 100").fetchall())  # type: ignore[misc]
            for mart in _marts(settings)
        }
    finally:
        connection.close()


def queries(settings: Settings, version: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every function of dashboards.queries, with arguments that make it work most."""
    from dashboards.queries import customers, finance, loads, pipeline, sales, stock

    span = sales.order_span(version)
    if span is None:
        sys.exit("The company has no orders.")
    first, last = span.first_order_date.replace(day=1), span.last_order_date.replace(day=1)
    best = "select customer_key from customer.customer_360 where customer_key <> -1 order by orders desc limit 1"
    customer = str(ask(settings.home, best, limit=1).rows[0][0])
    yield "sales.order_span", lambda: sales.order_span(version)
    yield "sales.months", lambda: sales.months(version, first, last)
    yield "sales.market_shares", lambda: sales.market_shares(version, first, last, "market")
    yield "sales.market_rows", lambda: sales.market_rows(version, first, last)
    yield "customers.found_customers", lambda: customers.found_customers(version, "gmbh")
    of_a_customer = (
        "customer",
        "attributes",
        "orders",
        "order_lines",
        "revenue_by_month",
        "health_reasons",
        "event_counts",
        "people",
    )
    for name in of_a_customer:
        yield f"customers.{name}", lambda name=name: getattr(customers, name)(version, customer)  # type: ignore[misc]
    events = sorted(customers.event_counts(version, customer)["event_type"])
    yield "customers.timeline", lambda: customers.timeline(version, customer, events)
    for name in ("last_loads", "broken_rules", "trust", "checks", "freshness", "quarantine"):
        yield f"loads.{name}", lambda name=name: getattr(loads, name)(version)  # type: ignore[misc]
    yield "loads.breaks", lambda: loads.breaks(version, "stock_value_equals_stock_accounts")
    for name in ("open_deals", "waterfall"):
        yield f"pipeline.{name}", lambda name=name: getattr(pipeline, name)(version)  # type: ignore[misc]
    yield "pipeline.win_rates", lambda: pipeline.win_rates(version, first, last)
    calendar = str(finance.companies(version)["fiscal_calendar_code"].iloc[0])  # the group comes first
    group = finance.Scope(None, calendar, first.year * 100 + 1, last.year * 100 + 99)
    yield "finance.companies", lambda: finance.companies(version)
    yield "finance.periods", lambda: finance.periods(version, calendar)
    for name in ("income_statement", "planned_periods", "result_months", "cash_flow", "working_capital"):
        yield f"finance.{name}", lambda name=name: getattr(finance, name)(version, group)  # type: ignore[misc]
    for name in ("ageing", "debtors"):
        yield f"finance.{name}", lambda name=name: getattr(finance, name)(version, None, span.last_order_date)  # type: ignore[misc]
    moved = "select product_key from inventory.available_to_promise group by product_key order by count(*) desc limit 1"
    product = str(ask(settings.home, moved, limit=1).rows[0][0])
    for name in ("today", "proposals", "months", "idle"):
        yield f"stock.{name}", lambda name=name: getattr(stock, name)(version)  # type: ignore[misc]
    yield "stock.promises", lambda: stock.promises(version, product)
    yield "stock.served", lambda: stock.served(version, first, last)
    yield "stock.ages", lambda: stock.ages(version, last, first)
    yield "finance.book_checks", lambda: finance.book_checks(version, None, group.first_period, group.last_period)


def _fastest(asked: Callable[[], object]) -> float:
    from dashboards.published import ask as remembering

    taken = []
    for _ in range(TRIES):
        remembering.clear()
        started = time.perf_counter()
        asked()
        taken.append(time.perf_counter() - started)
    return min(taken)


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("", "seconds", "CPU s", "peak MB"):
        table.add_column(name, justify="right" if name else "left")
    for name, cost in result["steps"].items():
        table.add_row(
            f"{result['marts']} marts, {name}",
            *(f"{cost['seconds']:.1f}", f"{cost['cpu_seconds']:.1f}", f"{cost['peak_mb']:,.0f}"),
        )
    console.print(table)
    ratio = result["steps"]["dbt"]["cpu_seconds"] / result["steps"]["bare"]["cpu_seconds"]
    _verdict(console, f"marts: {ratio:.2f}× of the bare SQL (bar: {FLOOR_BAR:g}×)", ratio <= FLOOR_BAR)
    for kind in ("queries", "looks"):
        slow = {name: taken for name, taken in result[kind].items() if taken > ANSWER_BAR_SECONDS}
        text = f"{len(result[kind]) - len(slow)} of {len(result[kind])} {kind} under {ANSWER_BAR_SECONDS * 1000:.0f} ms"
        _verdict(console, text, not slow)
        for name, taken in sorted(slow.items(), key=lambda item: -item[1]):
            console.print(f"    {name}: {taken * 1000:,.0f} ms", highlight=False)


def _verdict(console: Console, text: str, holds: bool) -> None:
    console.print(f"{'[green]✓' if holds else '[yellow]·'}[/] {text}", highlight=False)


if __name__ == "__main__":
    main()
