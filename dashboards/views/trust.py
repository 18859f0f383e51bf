"""Data health, first part: can the figures be trusted today, what does not agree, and how old is it."""

from typing import Any, Literal

import streamlit as st

from dashboards.components import formats, look, tables
from dashboards.components.download import download
from dashboards.components.tables import Bar, Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import loads
from dashboards.queries.definitions import definitions

CHECK = "check"
_LIGHTS: dict[str, tuple[str, Literal["", "better", "worse"]]] = {
    "green": ("● Trust it", "better"),
    "amber": ("▲ With care", "worse"),
    "red": ("■ Do not decide on it", "worse"),
}
_WORST_FIRST = ("red", "amber", "green")
_PARTS = {
    "freshness": ("late_source_rate", "of its source tables are late"),
    "tests": ("failed_test_rate", "of its tests do not pass"),
    "reconciliation": ("reconciliation_break_rate", "is the difference of a check that does not agree"),
    "quarantine": ("refused_row_rate", "of its source rows were refused"),
}
_SEVERITIES = {"stop": "stops", "mark": "marks"}


def answer(trust: DataFrame) -> str:
    """Say in a sentence whether the figures can be trusted."""
    if trust.empty:
        return "Nothing is scored yet: the score of each mart comes with the first run."
    subjects = _subjects(trust)
    red, amber = (
        [subject.capitalize() for subject, rows in subjects if _light(rows) == light] for light in ("red", "amber")
    )
    if not red and not amber:
        return f"Yes. All {formats.things(len(trust), 'mart')} are good to decide on."
    if not red:
        return f"Mostly. Use {_listed(amber)} with care; everything else is good to decide on."
    return f"Not all of them. Do not decide on {_listed(red)}{f', use {_listed(amber)} with care' if amber else ''}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _subjects(trust: DataFrame) -> list[tuple[str, DataFrame]]:
    """Return the marts by subject, the least trusted subject first."""
    groups = [(str(subject), rows) for subject, rows in trust.groupby("subject")]
    return sorted(groups, key=lambda group: float(group[1]["score"].min()))


def _light(rows: DataFrame) -> str:
    """Return the worst light of marts: a subject is no better than what it is asked for."""
    lights = set(rows["light"])
    return next(light for light in _WORST_FIRST if light in lights)


def show_trust(edition: Edition, trust: DataFrame) -> None:
    """Draw light and score of each subject, and of each mart."""
    look.section("Can I trust the figures today?", "A subject is as good as the least trusted of its marts.")
    if trust.empty:
        look.note("No mart is scored in this version.")
        return
    tables.small_table(
        [Heading("Subject"), Heading("Light", "short"), Heading("", "bar"), Heading("Score", "number"),
         Heading("Marts", "number"), Heading("What takes most from it")],
        [_subject_row(subject, rows) for subject, rows in _subjects(trust)],
    )  # fmt: skip
    meaning = definitions(edition.number, "quality", "trust_score")
    with st.expander(f"All {formats.things(len(trust), 'mart')}"):
        tables.rows_table(
            trust.assign(light=[_LIGHTS[light][0] for light in trust["light"]]),
            [
                Column("mart", "Mart", None, meaning.get("mart", ""), "medium"),
                Column("light", "Light", None, meaning.get("light", "")),
                Column("score", "Score", lambda score: formats.amount(score, 1), meaning.get("score", "")),
                Column("late_source_rate", "Late sources", formats.share, meaning.get("late_source_rate", "")),
                Column("failed_test_rate", "Tests not passed", formats.share, meaning.get("failed_test_rate", "")),
                Column(
                    "reconciliation_break_rate", "Off by", formats.share, meaning.get("reconciliation_break_rate", "")
                ),
                Column("refused_row_rate", "Rows refused", formats.share, meaning.get("refused_row_rate", "")),
            ],
            key="trust-marts",
        )
        download(trust, "trust of the marts", edition.number)


def _subject_row(subject: str, rows: DataFrame) -> list[Cell | Bar | str]:
    worst = rows.iloc[0].to_dict()
    text, meaning = _LIGHTS[_light(rows)]
    score = float(worst["score"])
    return [
        subject.capitalize(),
        Cell(text, meaning),
        Bar(score / 100),
        formats.amount(score, 1),
        formats.count(len(rows)),
        _reason(worst),
    ]


def _reason(worst: dict[str, Any]) -> str:
    if formats.is_missing(worst["worst_part"]):
        return "Nothing"
    column, words = _PARTS[worst["worst_part"]]
    return f"{formats.share(worst[column])} {words}"


def show_checks(edition: Edition) -> None:
    """Draw what is compared and whether it agrees, and the documents that cause the breaks of a chosen check."""
    checks = loads.checks(edition.number)
    if checks.empty:
        look.section(
            "Do the systems agree?", "Nothing can be compared yet: checks need documents and the ledger they belong to."
        )
        return
    broken = checks[checks["breaks"] > 0]
    verdict = (
        f"{len(checks) - len(broken)} of {len(checks)} checks agree in every period. The others are marked below."
        if len(broken)
        else f"All {len(checks)} checks agree in every period."
    )
    look.section("Do the systems agree?", verdict)
    tables.small_table(
        [Heading("What must agree"), Heading("Subject"), Heading("Status", "short"), Heading("Periods", "number"),
         Heading("Breaks", "number"), Heading("Off by", "number"), Heading("in last period", "number"),
         Heading("A break", "short")],
        [_check_row(row) for row in checks.to_dict("records")],
    )  # fmt: skip
    download(checks, "reconciliation checks", edition.number)
    if len(broken):
        _breaks(edition, broken)


def _check_row(row: dict[str, Any]) -> list[Cell | Bar | str]:
    agrees = not row["breaks"]
    if agrees:
        status = Cell("● Agrees", "better")
    elif row["severity"] == "stop":
        status = Cell("■ Does not agree", "worse")
    else:
        status = Cell("▲ Marked", "worse")
    return [
        Cell(str(row["compares"])) if agrees else Cell(str(row["compares"]), address=f"?{CHECK}={row['check_name']}"),
        str(row["subject"]).capitalize(),
        status,
        formats.count(row["periods"]),
        formats.NONE if agrees else formats.count(row["breaks"]),
        formats.NONE if agrees else formats.amount(row["difference"]),
        formats.NONE if agrees else formats.amount(row["last_difference"]),
        _SEVERITIES.get(row["severity"], str(row["severity"])),
    ]


def _breaks(edition: Edition, broken: DataFrame) -> None:
    """Draw the breaks of the check that the address or the person names."""
    names = list(broken["check_name"])
    texts = dict(zip(broken["check_name"], broken["compares"], strict=True))
    wanted = st.query_params.get(CHECK)
    look.section(
        "Which documents cause it?", "One row a period and company; the documents are named as their system names them."
    )
    chosen = st.selectbox(
        "Breaks of", names, index=names.index(wanted) if wanted in names else 0, format_func=lambda name: texts[name],
        key=f"check-{wanted}",
    )  # fmt: skip
    breaks = loads.breaks(edition.number, chosen)
    meaning = definitions(edition.number, "quality", "reconciliation")
    counts_things = bool((breaks[["expected", "actual"]].fillna(0) % 1 == 0).all().all())
    written = formats.count if counts_things else formats.amount
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        look.note(
            f"{formats.things(len(breaks), 'break')}, the latest first. A difference of a balance stays until it is cleared."
        )
    with right:
        download(breaks, f"breaks of {chosen}", edition.number)
    tables.rows_table(
        breaks,
        [
            Column("period", "Period", None, meaning.get("period", "")),
            Column("company", "Company", None, meaning.get("company", "")),
            Column("expected", "Expected", written, meaning.get("expected", "")),
            Column("actual", "Actual", written, meaning.get("actual", "")),
            Column("difference", "Difference", written, meaning.get("difference", "")),
            Column("documents", "Documents", None, meaning.get("documents", ""), "large"),
        ],
        key="check-breaks",
    )


def show_freshness(edition: Edition) -> None:
    """Draw how old what we know is, system by system, and the tables that are late."""
    fresh = loads.freshness(edition.number)
    late = fresh[fresh["status"] == "late"]
    verdict = (
        f"{formats.things(len(late), 'table')} of {len(fresh)} late."
        if len(late)
        else f"None of {len(fresh)} tables is late."
    )
    look.section("How old is it?", verdict)
    if fresh.empty:
        return
    tables.small_table(
        [Heading("System"), Heading("Status", "short"), Heading("Tables", "number"), Heading("Late", "number"),
         Heading("Newest state", "number"),
         Heading("Oldest state", "number"), Heading("Records", "number")],
        [_system_row(str(system), rows) for system, rows in fresh.groupby("source_system")],
    )  # fmt: skip
    meaning = definitions(edition.number, "quality", "freshness")
    with st.expander("Late tables" if len(late) else "All tables", expanded=bool(len(late))):
        shown = late if len(late) else fresh
        tables.rows_table(
            shown.assign(status=["▲ Late" if status == "late" else "● In time" for status in shown["status"]]),
            [
                Column("source_system", "System", None, meaning.get("source_system", "")),
                Column("table_name", "Table", None, meaning.get("table_name", "")),
                Column("status", "Status", None, meaning.get("status", "")),
                Column("last_extracted_date", "State of", formats.day, meaning.get("last_extracted_date", "")),
                Column("age_days", "Days old", formats.count, meaning.get("age_days", "")),
                Column("usual_gap_days", "Usual gap", _days, meaning.get("usual_gap_days", "")),
                Column("row_count", "Records", formats.count, meaning.get("row_count", "")),
            ],
            key="freshness-tables",
        )
        download(fresh, "freshness", edition.number)


def _days(days: Any) -> str:
    return formats.NONE if formats.is_missing(days) else f"{formats.amount(days, 1)} days"


def _system_row(system: str, rows: DataFrame) -> list[Cell | Bar | str]:
    late = int((rows["status"] == "late").sum())
    return [
        system,
        Cell("▲ Late", "worse") if late else Cell("● In time", "better"),
        formats.count(len(rows)),
        formats.count(late) if late else formats.NONE,
        formats.day(rows["last_extracted_date"].max()),
        formats.day(rows["last_extracted_date"].min()),
        formats.count(int(rows["row_count"].fillna(0).sum())),
    ]
