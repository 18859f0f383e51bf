"""Data health: what came in, what was refused, and whether it adds up."""

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards.components import cards, formats, look, provenance, tables
from dashboards.components.download import download
from dashboards.components.tables import Cell, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import loads
from dashboards.queries.definitions import definitions

_COUNTS = {
    "rows_read": "Read",
    "rows_quarantined": "Kept out",
    "rows_admitted": "Admitted",
    "rows_unchanged": "Unchanged",
    "rows_deleted": "Deleted",
    "rows_current": "Current",
}


def show(edition: Edition, data_through: str) -> None:
    """Draw the page."""
    account = loads.last_loads(edition.number)
    meaning = definitions(edition.number, "quality", "load_account")
    if account.empty:
        look.empty("Nothing was loaded yet", "The account of the loads begins with the first batch.")
        return
    rules = loads.broken_rules(edition.number)
    refused = int(account["rows_quarantined"].sum())
    look.title("Data health", _verdict(account, refused))
    _figures(account, rules, meaning)

    look.section("Last load of each table")
    tables.small_table(
        [
            Heading("Table"),
            Heading("Status"),
            Heading("Loaded"),
            *(Heading(text, "number") for text in _COUNTS.values()),
        ],
        [_load_row(row) for row in account.to_dict("records")],
    )
    download(account, "last loads", edition.number)

    look.section(
        "Rules that were broken", "Rows are either kept out, or let in and counted." if len(rules) else "None."
    )
    if len(rules):
        tables.small_table(
            [Heading("Table"), Heading("Rule"), Heading("What happens"), Heading("Rows", "number"),
             Heading("of read", "number")],
            [_rule_row(row) for row in rules.to_dict("records")],
        )  # fmt: skip
        download(rules, "broken rules", edition.number)
    provenance.as_of(edition, data_through)
    provenance.definitions({text: meaning.get(column, "") for column, text in _COUNTS.items()})


def _verdict(account: DataFrame, refused: int) -> str:
    tables_loaded = formats.things(len(account), "table")
    if not all(_adds_up(row) for row in account.to_dict("records")):
        return f"{tables_loaded}. The account of a table does not add up: look at the status below."
    if refused:
        return f"{tables_loaded}. Kept out of the last loads: {formats.things(refused, 'row')} that broke a rule."
    return f"{tables_loaded}. Every row of the last loads came in."


def _figures(account: DataFrame, rules: DataFrame, meaning: dict[str, str]) -> None:
    read = int(account["rows_read"].sum())
    refused = int(account["rows_quarantined"].sum())
    reported = int((rules["severity"] == "report").sum())
    figures = [
        (
            "Last load",
            formats.ago(account["landed_at"].max().replace(tzinfo=UTC), datetime.now(UTC)),
            meaning.get("landed_at", ""),
        ),
        ("Rows read", formats.count(read), meaning.get("rows_read", "")),
        ("Rows kept out", formats.count(refused), meaning.get("rows_quarantined", "")),
        ("Share kept out", formats.share(refused / read if read else 0), "Rows kept out by rows read"),
        ("Rules reported", formats.count(reported), "Rules that rows broke which were let in and counted"),
    ]
    widths = [1.6, 1, 1, 1, 1]
    for cell, (label, value, definition) in zip(st.columns(widths, gap="small"), figures, strict=True):
        with cell:
            cards.figure(label, value, definition=definition)


def _adds_up(row: dict[str, Any]) -> bool:
    return bool(row["rows_read"] == row["rows_quarantined"] + row["rows_admitted"] + row["rows_unchanged"])


def _status(row: dict[str, Any]) -> Cell:
    if not _adds_up(row):
        return Cell("■ Does not add up", "worse")
    if row["rows_quarantined"]:
        return Cell("▲ Rows kept out", "worse")
    if row["rules_reported"]:
        return Cell("○ In, with remarks")
    return Cell("● Good", "better")


def _load_row(row: dict[str, Any]) -> list[Cell | str]:
    name = f"{row['source_system']} · {row['table_name']}"
    counts = [formats.count(row[column]) for column in _COUNTS]
    return [name, _status(row), formats.instant(row["landed_at"]), *counts]


def _rule_row(row: dict[str, Any]) -> list[Cell | str]:
    kept_out = row["severity"] == "quarantine"
    return [
        f"{row['source_system']} · {row['table_name']}",
        row["rule"],
        Cell("▲ Kept out", "worse") if kept_out else Cell("○ Let in, counted"),
        formats.count(row["rows_broken"]),
        formats.share(row["rows_broken"] / row["rows_read"] if row["rows_read"] else None),
    ]
