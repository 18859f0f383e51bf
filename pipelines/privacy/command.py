"""What a data protection officer types: ``concord erase CUSTOMER``, ``concord erase --contact CONTACT``."""

import getpass
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipelines.errors import ConcordError
from pipelines.settings import Settings, load_settings
from pipelines.state import State

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration; default: concord.toml here, else the demo's.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output and nothing else there.")]


def erase(
    customer: Annotated[
        str | None, typer.Argument(help="A customer key, an old one too, or a customer number.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(help="Erase a person at a customer alone: a contact key, an old one too, or its key in the CRM."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for the record; nothing personal.")] = "",
    by: Annotated[str, typer.Option(help="Who erases; default: the user of this machine.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    show_list: Annotated[
        bool, typer.Option("--list", help="Show the record of all erasures, and erase nobody.")
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Remove a person from the log, the warehouse, all kept versions and exports, for ever. The books stay.

    Amounts, dates and keys stay under the name "Erased customer"; what the sources deliver of the person again comes in without
    anything personal. A new version is published and all others are removed: there is no way back. With --contact a person at a
    customer is removed and becomes "Erased contact"; the customer, its deals and its other contacts stay as they are.
    """
    settings = load_settings(config)
    settings.home.create()
    with State(settings.state_url.get_secret_value()) as state:
        if show_list:
            _show_list(state, as_json)
            return
        if (customer is None) == (contact is None):
            raise ConcordError(
                "Whom?",
                hint="One of `concord erase CUSTOMER` and `concord erase --contact CONTACT`, or `concord erase --list`.",
            )
        from pipelines.privacy import erasure as erasing

        person = erasing.find_person(settings, customer) if customer else erasing.find_contact(settings, str(contact))
        _erase(settings, state, person, reason, by or getpass.getuser(), yes=yes, as_json=as_json)


def _erase(settings: Settings, state: State, person: Any, reason: str, by: str, *, yes: bool, as_json: bool) -> None:
    from pipelines.privacy import erasure as erasing

    talk = _console(sys.stderr)
    with talk.status("Looking through the log …"):
        extent = erasing.extent(settings, state, person)
    if not as_json or not yes:
        _show_extent(talk if as_json else _console(sys.stdout), person, extent)
    if not yes:
        if not sys.stdin.isatty():
            raise ConcordError(
                "Nothing was erased: there is nobody to ask.", hint="Add --yes when you are sure; there is no way back."
            )
        typer.confirm("Erase this person for ever?", abort=True, err=True)
    recorded = erasing.record(state, person, by, reason)
    from pipelines.run import run

    try:
        with talk.status("Erasing: the log is written anew, a new version is built …"):
            account = run(settings, state, with_ingest=False)
    except ConcordError as error:
        raise ConcordError(
            f"The erasure is recorded and not completed: {error.message}",
            hint="Every `concord run` tries to complete it; `concord erase --list` shows when it is.",
        ) from error
    assert account.version is not None
    left = (
        f"Erase the person in {', '.join(person.systems)} too, and in files that they have delivered; and in your backups: "
        "Concord does not reach them."
    )
    if as_json:
        document = {
            "erasure_id": recorded.erasure_id,
            f"{person.entity}_key": person.key,
            **({"customer_number": person.customer_number} if person.entity == "customer" else {}),
            "records": [{"system": system, "source_id": source_id} for system, source_id in person.records],
            "tables": _tables(extent),
            "versions_removed": extent.versions,
            "version": account.version.number,
            "left_to_you": left,
        }
        _print_json(document)
        return
    out = _console(sys.stdout)
    out.print(
        f"Erased. Readers see version {account.version.number}; {len(extent.versions)} earlier ones are removed. "
        f"The record of it is erasure {recorded.erasure_id}.",
        highlight=False,
    )
    out.print(left, highlight=False)


def _show_extent(console: Console, person: Any, extent: Any) -> None:
    number = f", number {person.customer_number}" if person.customer_number else ""
    console.print(
        f"{person.entity.capitalize()} {person.key}{number}: {len(person.records)} records.\n", highlight=False
    )
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("system", "table", "rows in the log"):
        table.add_column(name, justify="right" if name.startswith("rows") else "left")
    for (system, name), rows in sorted(extent.rows.items()):
        table.add_row(system, name, f"{rows:,}")
    console.print(table)
    kept = ", ".join(str(number) for number in extent.versions)
    console.print(f"\nKept versions that are removed once a new one is published: {kept}.", highlight=False)


def _show_list(state: State, as_json: bool) -> None:
    from pipelines.privacy.record import erasures

    found = erasures(state)
    if as_json:
        _print_json([_told(erasure) for erasure in found])
        return
    console = _console(sys.stdout)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("erasure", "of", "key", "asked", "by", "records", "completed", "reason"):
        table.add_column(name)
    for erasure in found:
        completed = "not yet" if erasure.completed_at is None else f"{erasure.completed_at:%Y-%m-%d %H:%M}"
        records = ", ".join("/".join(record) for record in erasure.records)
        asked = f"{erasure.asked_at:%Y-%m-%d %H:%M}"
        whom = (erasure.entity, str(erasure.customer_key))
        row = (str(erasure.erasure_id), *whom, asked, erasure.asked_by, records, completed)
        table.add_row(*row, erasure.reason)
    console.print(table if found else "Nobody has been erased.")


def _told(erasure: Any) -> dict[str, Any]:
    """Return an erasure with its key under the name of what was erased."""
    told = asdict(erasure)
    return {f"{erasure.entity}_key" if name == "customer_key" else name: value for name, value in told.items()}


def _tables(extent: Any) -> list[dict[str, Any]]:
    return [{"system": system, "table": name, "rows": rows} for (system, name), rows in sorted(extent.rows.items())]


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def _console(stream: Any) -> Console:
    return Console(file=stream, width=None if stream.isatty() else 120)
