"""What stewards type: ``concord identity review | decide | explain | train | log``."""

import getpass
import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipelines.identity import stewardship
from pipelines.identity.command import app
from pipelines.settings import Settings, load_settings
from pipelines.state import State

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration; default: concord.toml here, else the demo's.")
]
__all__ = ["app"]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output and nothing else there.")]
Contacts = Annotated[bool, typer.Option("--contacts", help="Contacts that may be one person, and not customers.")]
_CUSTOMERS = ("one customer", "two customers")


class Verdict(StrEnum):
    """A steward's word: one customer, two customers, or nothing (an earlier word is taken back)."""

    SAME = "same"
    APART = "apart"
    OPEN = "open"


@app.command(epilog="Example: `concord identity review --limit 5`")
def review(
    config: Config = None,
    limit: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 20,
    contacts: Contacts = False,
    as_json: Json = False,
) -> None:
    """Show the pairs of records of which matching is not sure, the most telling first."""
    settings = load_settings(config)
    pairs = stewardship.doubtful_pairs(settings.home, limit, _subject(contacts))
    if as_json:
        _print_json([asdict(pair) for pair in pairs])
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("record", "name", "e-mail" if contacts else "city", "bits", "why asked"):
        table.add_column(name, justify="right" if name == "bits" else "left")
    for pair in pairs:
        bits = "" if pair.match_weight is None else f"{pair.match_weight:+.1f}"
        table.add_row(pair.left_id, pair.left_name, pair.left_city, bits, pair.reason)
        table.add_row(pair.right_id, pair.right_name, pair.right_city, "", "", end_section=True)
    console = _console()
    console.print(table)
    console.print(
        f"{len(pairs):,} pairs. Say what you know: concord identity decide RECORD RECORD --verdict same"
        if pairs
        else "Nothing waits for a decision.",
        highlight=False,
    )


@app.command(
    epilog="Example: `concord identity decide salesforce/0015g00001 sap/0000100012 --verdict same --reason 'one tax number'`"
)
def decide(
    left: Annotated[str, typer.Argument(help="A record, as system/key.")],
    right: Annotated[str, typer.Argument(help="Another record.")],
    verdict: Annotated[Verdict, typer.Option(help="same: one customer. apart: two. open: take an earlier word back.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the decision.")] = "",
    by: Annotated[str, typer.Option(help="Who decides; default: the user of this machine.")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Say whether two records are one customer, or two contacts one person: from the next run on, over the model, for ever."""
    settings = load_settings(config)
    with _state(settings) as state:
        said = stewardship.decide(settings.home, state, left, right, str(verdict), by or getpass.getuser(), reason)
    if as_json:
        _print_json(asdict(said) | {"decided_at": said.decided_at.isoformat()})
        return
    one, two = ("one person", "two people") if stewardship.subject_of(left, right) == "contact" else _CUSTOMERS
    words = {"same": f"are {one}", "apart": f"are {two}", "open": "are left to the model"}[said.verdict]
    _console().print(f"{said.left_id} and {said.right_id} {words}, from the next `concord run` on.", highlight=False)


@app.command(epilog="Example: `concord identity explain salesforce/0015g00001 sap/0000100012 --picture why.svg`")
def explain(
    left: Annotated[str, typer.Argument(help="A record, as system/key.")],
    right: Annotated[str, typer.Argument(help="Another record.")],
    picture: Annotated[Path | None, typer.Option(help="Draw the weights into this SVG file.")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Say what each field adds to the odds that two records are one customer."""
    from pipelines.identity.explanation import waterfall

    settings = load_settings(config)
    with _state(settings) as state:
        told = stewardship.explanation(settings.home, state, left, right)
    if picture is not None:
        picture.write_text(waterfall(told.weights), encoding="utf-8")
    if as_json:
        _print_json(asdict(told))
        return
    console = _console()
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("field", "bits", "outcome", told.weights.left_id, told.weights.right_id):
        table.add_column(name, justify="right" if name == "bits" else "left")
    table.add_row("before looking", f"{told.weights.prior:+.1f}", "", "", "")
    for field in told.weights.fields:
        one, two = told.values.get(field.name, ("", ""))
        if field.outcome is not None:
            table.add_row(field.name, f"{field.weight:+.1f}", field.outcome, one, two)
        else:
            table.add_row(field.name, "", "cannot be compared", one, two, style="dim")
    table.add_section()
    table.add_row(
        "together",
        f"{told.weights.match_weight:+.1f}",
        f"probability {told.weights.match_probability:.1%}",
        style="bold",
    )
    console.print(table)
    one, two = ("one person", "two people") if stewardship.subject_of(left, right) == "contact" else _CUSTOMERS
    console.print(f"{one if told.is_one_customer else two} now.".capitalize(), highlight=False)
    for word in told.decisions:
        console.print(
            f"{word.decided_by} said {word.verdict} on {word.decided_at:%d %b %Y}{': ' if word.reason else ''}{word.reason}",
            highlight=False,
            markup=False,
        )


@app.command(epilog="Example: `concord identity train`, then `concord run`")
def train(config: Config = None, contacts: Contacts = False, as_json: Json = False) -> None:
    """Learn the weights anew from the published records, and keep them as a new version of the model."""
    settings = load_settings(config)
    with _state(settings) as state:
        model = stewardship.learn(settings.home, state, _subject(contacts))
    if as_json:
        _print_json({"number": model.number})
        return
    _console().print(
        f"Model {model.number} is kept; the next `concord run` matches all {model.subject}s with it.", highlight=False
    )


@app.command(epilog="Example: `concord identity log --customer 123456789`")
def log(
    config: Config = None,
    customer: Annotated[int | None, typer.Option(help="Only what concerns this customer key, old or new.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many events.")] = 50,
    as_json: Json = False,
) -> None:
    """Show births, merges and splits of customers, newest first, with the evidence."""
    settings = load_settings(config)
    with _state(settings) as state:
        events = state.identity_events(customer, limit=limit)
    if as_json:
        _print_json([asdict(event) | {"happened_at": event.happened_at.isoformat()} for event in events])
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("version", "when", "what", "customer", "other", "evidence"):
        table.add_column(name)
    for event in events:
        other = "" if event.other_key is None else str(event.other_key)
        when = f"{event.happened_at:%d %b %Y %H:%M}"
        table.add_row(str(event.version), when, event.kind, str(event.customer_key), other, event.evidence)
    _console().print(table if events else "Nothing happened to customers since the first version.")


def _subject(contacts: bool) -> str:
    return "contact" if contacts else "customer"


def _state(settings: Settings) -> State:
    settings.home.create()
    return State(settings.state_url.get_secret_value())


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 120)
