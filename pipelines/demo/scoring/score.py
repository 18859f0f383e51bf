"""How well the warehouse does on the demo company: what it says beside the truth, which no part of the pipeline ever reads."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.demo.calendar import as_date
from pipelines.demo.scoring.score_books import judge_books
from pipelines.demo.scoring.score_door import judge_loads, judge_quarantine, judge_reports
from pipelines.demo.scoring.score_identity import judge_contacts, judge_identity
from pipelines.demo.scoring.score_marts import judge_customers, judge_revenue
from pipelines.demo.scoring.score_reconciliation import judge_reconciliation
from pipelines.demo.scoring.score_truth import NotJudged, drops_of, faults_of, last_day
from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.state import State
from pipelines.warehouse import current_version


def score(home: Home, state: State | None = None) -> dict[str, Any]:
    """Judge the published version and the loads of ``home`` by the truth of its demo company.

    Returns one JSON document: ``version``, ``as_of`` (the last drop that the version has taken in), the sections ``quarantine``,
    ``reported``, ``loads``, ``identity``, ``contacts``, ``marts``, ``reconciliation`` and ``books``, and ``not_judged`` (section
    and reason). Amounts end in ``_cents``, in group currency (of books: the company's); shares are numbers from 0 to 1, or
    null where there is nothing to divide by. ``state``: default the store of ``home``.
    Raises ConcordError when there is no demo company or nothing is published.
    """
    truth = home.root / "demo" / "truth"
    if not truth.is_dir():
        raise ConcordError(f"There is no demo company in {home.root}.", hint="Run `concord demo` first.")
    version = current_version(home)
    if version is None:
        raise ConcordError(
            "Nothing has been published yet.", hint="Run `concord demo` first; a run that fails says why."
        )
    if state is None:
        with State(home.state_url) as own:
            return _judged(home, own, truth, version)
    return _judged(home, state, truth, version)


def _judged(home: Home, state: State, truth: Path, version: int) -> dict[str, Any]:
    through = {known.number: known.through_batch_id for known in state.versions()}.get(version)
    batches = [batch for batch in state.batches() if through is None or batch.batch_id <= through]
    drops = drops_of(batches)
    as_of = last_day(drops)
    skipped: NotJudged = []
    faults = faults_of(truth, drops, skipped)
    return {
        "version": version,
        "as_of": None if as_of is None else f"{as_date(as_of)}",
        "quarantine": judge_quarantine(home, faults, drops),
        "reported": judge_reports(state, faults, drops, skipped),
        "loads": judge_loads(home, batches, skipped),
        "identity": judge_identity(home, truth, drops, as_of, skipped),
        "contacts": judge_contacts(home, truth, drops, as_of, skipped),
        "marts": {
            "revenue": judge_revenue(home, truth, as_of, skipped),
            "customers": judge_customers(home, truth, drops, as_of, skipped),
        },
        "reconciliation": judge_reconciliation(home, truth, faults, drops, as_of, skipped),
        "books": judge_books(home, truth, as_of, skipped),
        "not_judged": skipped,
    }


def print_score(console: Console, result: dict[str, Any]) -> None:
    """Show a score: each section as a table, then what could not be judged."""
    console.print(f"Version {result['version']}, drops up to {result['as_of']}\n", highlight=False)
    quarantine = result["quarantine"]
    names = ["faults", "caught", "missed", "false_alarms", "wrongly_refused", "precision", "recall"]
    _print_table(console, "Rows that the door must refuse", names, quarantine["by_table"], quarantine)
    reported = result["reported"]
    names = ["faults", "found", "missed", "unexplained", "recall"]
    _print_table(console, "Rows that must be reported (by counts)", names, reported["by_column"], reported)
    loads = result["loads"]
    wrong = [row for row in loads["by_table"] if row["difference"]]
    if wrong:
        _print_table(console, "Rows that got lost or came twice", ["delivered", "read", "difference"], wrong, loads)
    console.print(
        f"{loads['delivered']:,} rows delivered, {loads['difference']:,} of them unaccounted for.", highlight=False
    )
    identity = result["identity"]
    if identity is not None:
        rates = {name: _figure(identity[name]) for name in ("precision", "recall", "f1", "bcubed_f1", "review_rate")}
        console.print(
            f"Who is who: precision {rates['precision']}, recall {rates['recall']}, F1 {rates['f1']} of pairs (B-cubed "
            f"{rates['bcubed_f1']}); {rates['review_rate']} of {identity['records']:,} records for review; "
            f"{identity['look_alikes_glued']:,} of {identity['look_alikes']:,} look-alikes taken for one.",
            highlight=False,
        )
    contacts = result["contacts"]
    if contacts is not None:
        rates = {name: _figure(contacts[name]) for name in ("precision", "recall", "f1", "bcubed_f1")}
        console.print(
            f"Persons among contacts: precision {rates['precision']}, recall {rates['recall']}, F1 {rates['f1']} of pairs "
            f"(B-cubed {rates['bcubed_f1']}); {contacts['persons']:,} persons in {contacts['records']:,} contacts, "
            f"{contacts['people']:,} in truth.",
            highlight=False,
        )
    revenue = result["marts"]["revenue"]
    if revenue is not None:
        said, true, off = (revenue[f"{name}_cents"] / 100 for name in ("warehouse", "truth", "difference"))
        console.print(
            f"Order value: {said:,.2f} in the warehouse, {true:,.2f} in truth, {off:+,.2f} "
            f"({revenue['months_exact']} of {revenue['months']} months to the cent).",
            highlight=False,
        )
    customers = result["marts"]["customers"]
    if customers is not None:
        console.print(
            f"Customers: {customers['warehouse']:,} in the warehouse, {customers['truth']:,} in truth.", highlight=False
        )
    reconciliation = result["reconciliation"]
    if reconciliation is not None:
        console.print(
            f"Reconciliation: {reconciliation['found']:,} of {reconciliation['faults']:,} faults of the books are named "
            f"(recall {_figure(reconciliation['recall'])}); {reconciliation['explained']:,} of "
            f"{reconciliation['documents']:,} documents that are named are explained by a fault "
            f"(precision {_figure(reconciliation['precision'])}).",
            highlight=False,
        )
    for name, book in result["books"].items():
        if book is not None:
            console.print(
                f"{book['what']}: {book['exact']:,} of {book['compared']:,} to the cent, "
                f"{book['difference_cents'] / 100:,.2f} off in all ({name}).",
                highlight=False,
            )
    for entry in result["not_judged"]:
        console.print(f"Not judged: {entry['section']}: {entry['reason']}", style="dim", highlight=False, markup=False)


def _print_table(
    console: Console, title: str, names: list[str], rows: list[dict[str, Any]], whole: dict[str, Any]
) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("table")
    for name in names:
        table.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        where = f"{row['system']}.{row['table_name']}" + (f".{row['column_name']}" if row.get("column_name") else "")
        table.add_row(where, *(_figure(row[name]) for name in names))
    table.add_section()
    table.add_row("all", *(_figure(whole.get(name)) for name in names), style="bold")
    console.print(table)
    console.print()


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if isinstance(value, float) else f"{value:,}"
