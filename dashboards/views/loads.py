"""Data health: can the figures be trusted, do the systems agree, how old is it, what came in and what was refused."""

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards.components import cards, formats, look, provenance, tables
from dashboards.components.download import download
from dashboards.components.tables import Bar, Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import loads
from dashboards.queries.definitions import definitions
from dashboards.views import trust

_MOST_SHOWN = 10
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
    scores = loads.trust(edition.number)
    look.title("Data health", trust.answer(scores))
    _figures(edition, account, scores, meaning)
    trust.show_trust(edition, scores)
    trust.show_checks(edition)
    trust.show_freshness(edition)
    _loads(edition, account, meaning)
    _rules(edition, rules)
    provenance.as_of(edition, data_through)
    scored = definitions(edition.number, "quality", "trust_score")
    provenance.definitions(
        {
            "Score": scored.get("score", "")
            + "; by late sources, tests, reconciliation and refused rows (seed trust_parts)",
            "Light": scored.get("light", ""),
            "Off by": "Sum of the differences of all periods, whatever their sign: amounts or quantities, as the check compares",
            "A break": "stops: such a version is never published; marks: it is published, and says so here",
            "Late": definitions(edition.number, "quality", "freshness").get("status", "")
            + "; late where a table is silent for longer than it usually is and than is allowed",
            **{text: meaning.get(column, "") for column, text in _COUNTS.items()},
        }
    )


def _figures(edition: Edition, account: DataFrame, scores: DataFrame, meaning: dict[str, str]) -> None:
    read = int(account["rows_read"].sum())
    refused = int(account["rows_quarantined"].sum())
    checks = loads.checks(edition.number)
    fresh = loads.freshness(edition.number)
    good = int((scores["light"] == "green").sum())
    agree = int((checks["breaks"] == 0).sum())
    late = int((fresh["status"] == "late").sum())
    figures = [
        ("Marts to trust", f"{good} of {len(scores)}", "Marts whose light is green"),
        ("Checks that agree", f"{agree} of {len(checks)}", "Checks without a break in any period"),
        ("Tables late", f"{late} of {len(fresh)}", "Source tables that are silent for longer than usual"),
        (
            "Rows kept out",
            formats.share(refused / read if read else 0),
            meaning.get("rows_quarantined", "") + ", by rows read",
        ),
        (
            "Last load",
            formats.ago(account["landed_at"].max().replace(tzinfo=UTC), datetime.now(UTC)),
            meaning.get("landed_at", ""),
        ),
    ]
    for cell, (label, value, definition) in zip(st.columns([1, 1, 1, 1, 1.4], gap="small"), figures, strict=True):
        with cell:
            cards.figure(label, value, definition=definition)


def _loads(edition: Edition, account: DataFrame, meaning: dict[str, str]) -> None:
    """Draw the last loads: those that need a look to read, all of them to search."""
    look.section("What came in?", _verdict(account, int(account["rows_quarantined"].sum())))
    remarkable = [row for row in account.to_dict("records") if not _adds_up(row) or row["rows_quarantined"]]
    remarkable.sort(key=lambda row: (_adds_up(row), -row["rows_quarantined"]))
    if remarkable:
        tables.small_table(
            [
                Heading("Table"),
                Heading("Status"),
                Heading("Loaded"),
                *(Heading(text, "number") for text in _COUNTS.values()),
            ],
            [_load_row(row) for row in remarkable[:_MOST_SHOWN]],
        )
    with st.expander(f"Last load of all {formats.things(len(account), 'table')}"):
        tables.rows_table(
            account.assign(status=[_status(row).text for row in account.to_dict("records")]),
            [
                Column("source_system", "System", None, meaning.get("source_system", "")),
                Column("table_name", "Table", None, meaning.get("table_name", "")),
                Column("status", "Status"),
                Column("landed_at", "Loaded", formats.instant, meaning.get("landed_at", "")),
                *(Column(name, text, formats.count, meaning.get(name, "")) for name, text in _COUNTS.items()),
            ],
            key="last-loads",
        )
    download(account, "last loads", edition.number)


def _rules(edition: Edition, rules: DataFrame) -> None:
    """Draw the rules that rows of the last loads broke, and what became of all that was ever refused."""
    look.section("Rules that were broken", _broken(rules))
    if len(rules):
        tables.small_table(
            [Heading("Table"), Heading("Rule"), Heading("What happens"), Heading("Rows", "number"),
             Heading("of read", "number")],
            [_rule_row(row) for row in rules.head(_MOST_SHOWN).to_dict("records")],
        )  # fmt: skip
        download(rules, "broken rules", edition.number)
    refused = loads.quarantine(edition.number)
    if refused.empty:
        return
    meaning = definitions(edition.number, "quality", "quarantine")
    missing = int(refused["rows_open"].sum())
    with st.expander(f"Refused since ever: {formats.things(missing, 'row')} still missing"):
        tables.rows_table(
            refused,
            [
                Column("source_system", "System", None, meaning.get("source_system", "")),
                Column("table_name", "Table", None, meaning.get("table_name", "")),
                Column("rule", "Rule", None, meaning.get("rule", ""), "large"),
                Column("rows_refused", "Refused", formats.count, meaning.get("rows_refused", "")),
                Column("rows_corrected", "Corrected since", formats.count, meaning.get("rows_corrected", "")),
                Column("rows_open", "Missing", formats.count, meaning.get("rows_open", "")),
            ],
            key="quarantine",
        )
        download(refused, "refused rows by rule", edition.number)


def _broken(rules: DataFrame) -> str:
    if rules.empty:
        return "None."
    most = f" The {_MOST_SHOWN} most broken; the download has all {len(rules)}." if len(rules) > _MOST_SHOWN else ""
    return f"Rows are either kept out, or let in and counted.{most}"


def _verdict(account: DataFrame, refused: int) -> str:
    tables_loaded = formats.things(len(account), "table")
    if not all(_adds_up(row) for row in account.to_dict("records")):
        return f"{tables_loaded}. The account of a table does not add up: look at the status below."
    if refused:
        return f"{tables_loaded}. Kept out of the last loads: {formats.things(refused, 'row')} that broke a rule."
    return f"{tables_loaded}. Every row of the last loads came in."


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


def _load_row(row: dict[str, Any]) -> list[Cell | Bar | str]:
    name = f"{row['source_system']} · {row['table_name']}"
    counts = [formats.count(row[column]) for column in _COUNTS]
    return [name, _status(row), formats.instant(row["landed_at"]), *counts]


def _rule_row(row: dict[str, Any]) -> list[Cell | Bar | str]:
    kept_out = row["severity"] == "quarantine"
    return [
        f"{row['source_system']} · {row['table_name']}",
        row["rule"],
        Cell("▲ Kept out", "worse") if kept_out else Cell("○ Let in, counted"),
        formats.count(row["rows_broken"]),
        formats.share(row["rows_broken"] / row["rows_read"] if row["rows_read"] else None),
    ]
