"""The unified customer, second part: how the customer stands with us, what happened, and whom to talk to."""

from typing import Any, Literal

import streamlit as st

from dashboards.components import cards, formats, look, tables
from dashboards.components.download import download
from dashboards.components.tables import Cell, Column, Heading
from dashboards.published import Edition
from dashboards.queries import customers
from dashboards.queries.definitions import definitions

DEFINED = {
    "Health": "health_score", "Churn risk": "churn_rate", "Segment": "segment_name", "Lifetime value": "lifetime_value_group",
    "Revenue": "revenue_group", "12 months": "revenue_last_12_months_group", "Margin": "margin_group", "Orders": "orders",
    "Average order": "average_order_group", "Last order": "last_order_date", "Days since": "days_since_last_order",
    "Owes": "receivables_group", "Overdue": "overdue_amount_group", "Pays": "average_days_late_last_12_months",
    "Credit": "credit_exposure_group", "Open orders": "open_orders_amount_group", "Pipeline": "pipeline_amount_group",
    "Satisfaction": "satisfaction",
}  # fmt: skip
_RISKS: dict[str, str] = {"high": "■ High", "medium": "▲ Medium", "low": "● Low"}
_MOST_SATISFIED = 5
_KINDS: dict[str, tuple[str, ...]] = {
    "Orders and deliveries": ("order", "delivery", "return"),
    "Invoices and payments": ("invoice", "credit_note", "invoice_cancellation", "payment"),
    "Deals and quotes": ("deal_created", "deal_stage", "deal_won", "deal_lost", "deal_reopened", "quote"),
    "Calls, mails, meetings": ("call", "mail", "meeting"),
    "Cases": ("case_opened", "case_closed", "case_reopened", "case_escalated"),
    "Marketing": ("campaign", "lead"),
}
_OTHER = "Other"
_Meaning = Literal["", "better", "worse"]


def show_figures(who: dict[str, Any], currency: str, meaning: dict[str, str]) -> None:
    """Draw how good a customer this is, and what was bought."""
    risk = _RISKS.get(str(who["churn_risk"]), formats.NONE)
    health = formats.NONE if formats.is_missing(who["health_score"]) else f"{formats.whole(who['health_score'])} of 100"
    segment = formats.NONE if formats.is_missing(who["segment_name"]) else str(who["segment_name"])
    first = [
        ("Health", health, "health_score"),
        ("Churn risk", risk, "churn_rate"),
        ("Segment", segment, "segment_name"),
        ("Lifetime value", formats.money(who["lifetime_value_group"], currency), "lifetime_value_group"),
    ]
    second = [
        ("Revenue", formats.money(who["revenue_group"], currency), "revenue_group"),
        ("Margin", formats.money(who["margin_group"], currency), "margin_group"),
        ("Orders", formats.count(who["orders"]), "orders"),
        ("Average order", formats.money(who["average_order_group"], currency), "average_order_group"),
        ("Last order", formats.day(who["last_order_date"]), "last_order_date"),
        ("Days since", formats.count(who["days_since_last_order"]), "days_since_last_order"),
    ]
    is_judged = any(value != formats.NONE for _, value, _ in first)
    rows = [([1, 1, 1.35, 1], first)] if is_judged else []
    for widths, figures in [*rows, ([1, 1, 0.8, 1.1, 1.35, 0.9], second)]:
        for cell, (label, value, column) in zip(st.columns(widths, gap="small"), figures, strict=True):
            with cell:
                cards.figure(label, value, definition=meaning.get(column, ""))


def show_standing(edition: Edition, currency: str, key: str, who: dict[str, Any], meaning: dict[str, str]) -> None:
    """Draw why the health is what it is, and what is open between us."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        _health(edition, key, who)
    with right:
        look.section("How do we stand?", _owed(who, currency))
        facts = _facts(who, currency)
        if facts:
            tables.small_table(
                [Heading("Subject"), Heading("Now", "short"), Heading("More")],
                [[Cell(name, reason=meaning.get(column, "")), value, more] for name, column, value, more in facts],
            )
        else:
            look.note("No system delivers invoices, deals, cases or contacts of this customer.")


def _health(edition: Edition, key: str, who: dict[str, Any]) -> None:
    reasons = customers.health_reasons(edition.number, key)
    if formats.is_missing(who["health_score"]):
        look.section("Why this health?", "Not judged: nothing was ordered yet.")
        return
    if reasons.empty:
        look.section("Why this health?", "Nothing is wrong.")
        return
    look.section("Why this health?", f"{formats.things(len(reasons), 'reason')}, the worst first.")
    tables.small_table(
        [Heading("What takes points"), Heading("Is", "number"), Heading("Points", "number")],
        [
            [
                str(row["reason"]),
                formats.amount(row["measure_value"], 1),
                Cell(f"{formats.MINUS}{float(row['lost_points']):.0f}", "worse"),
            ]
            for row in reasons.to_dict("records")
        ],
    )


def _owed(who: dict[str, Any], currency: str) -> str:
    if _nothing(who["overdue_amount_group"]):
        return "" if formats.is_missing(who["overdue_amount_group"]) else "Nothing is overdue."
    overdue = formats.money(who["overdue_amount_group"], currency)
    return f"{overdue} is overdue, the oldest for {formats.things(int(who['worst_overdue_days']), 'day')}."


def _nothing(value: Any) -> bool:
    return formats.is_missing(value) or float(value) == 0


def _facts(who: dict[str, Any], currency: str) -> list[tuple[str, str, Cell | str, Cell | str]]:
    """Return what is known: subject, the column that defines it, the value, and more of it. What nobody delivers is left out."""

    def money(column: str) -> str:
        return formats.money(who[column], currency)

    def joined(*parts: str) -> str:
        return " · ".join(part for part in parts if part)

    def said(column: str, text: str) -> str:
        return "" if _nothing(who[column]) else text

    overdue: _Meaning = "" if _nothing(who["overdue_amount_group"]) else "worse"
    late: _Meaning = "" if _nothing(who["late_orders_amount_group"]) else "worse"
    waiting: _Meaning = "" if _nothing(who["open_cases"]) else "worse"
    facts: list[tuple[str, str, Cell | str, Cell | str]] = [
        ("Owes", "receivables_group", money("receivables_group"),
         Cell(f"{money('overdue_amount_group')} overdue" if overdue else "nothing overdue", overdue)),
        ("Pays", "average_days_late_last_12_months", _pays(who),
         joined(said("paid_late_rate", f"{formats.share(who['paid_late_rate'])} of the invoices late"),
                _dated("last on", who["last_payment_date"]))),
        ("Credit", "credit_exposure_group", money("credit_exposure_group"), _credit(who, currency)),
        ("Open orders", "open_orders_amount_group", money("open_orders_amount_group"),
         Cell(joined(formats.things(_int(who["open_orders"]), "order"),
                     f"{money('late_orders_amount_group')} late" if late else ""), late)),
        ("Pipeline", "pipeline_amount_group", money("pipeline_amount_group"),
         joined(formats.things(_int(who["open_opportunities"]), "open deal"),
                said("pipeline_expected_amount_group", f"{money('pipeline_expected_amount_group')} expected"),
                _dated("next close", who["next_close_date"]),
                said("won_rate", f"{formats.share(who['won_rate'])} won so far"))),
        ("Cases", "open_cases", Cell(f"{_int(who['open_cases'])} open", waiting),
         f"{_int(who['cases_last_12_months'])} in 12 months, {_int(who['cases'])} since ever"),
        ("Satisfaction", "satisfaction", "" if formats.is_missing(who["satisfaction"]) else
         f"{formats.amount(who['satisfaction'], 1)} of {_MOST_SATISFIED}",
         "" if formats.is_missing(who["satisfaction_last_12_months"])
         else f"{formats.amount(who['satisfaction_last_12_months'], 1)} in 12 months"),
        ("Last contact", "last_contact_date", formats.day(who["last_contact_date"]),
         _dated("last call, mail or meeting", who["last_interaction_date"])),
        ("Invoiced in 12 months", "invoiced_last_12_months_group", money("invoiced_last_12_months_group"),
         _dated("last invoice", who["last_invoice_date"])),
    ]  # fmt: skip
    return [fact for fact in facts if not formats.is_missing(who[fact[1]])]


def _int(value: Any) -> int:
    return 0 if formats.is_missing(value) else int(value)


def _dated(words: str, value: Any) -> str:
    return "" if formats.is_missing(value) else f"{words} {formats.day(value)}"


def _pays(who: dict[str, Any]) -> Cell:
    days = who["average_days_late_last_12_months"]
    if formats.is_missing(days):
        return Cell(formats.NONE)
    rounded = round(float(days))
    if rounded == 0:
        return Cell("On the day")
    return Cell(
        f"{formats.things(abs(rounded), 'day')} {'late' if rounded > 0 else 'early'}",
        "worse" if rounded > 0 else "better",
    )


def _credit(who: dict[str, Any], currency: str) -> Cell:
    if formats.is_missing(who["credit_limit_group"]):
        return Cell("no limit is set")
    used = who["credit_used_rate"]
    is_over = not formats.is_missing(used) and float(used) > 1
    return Cell(
        f"{formats.share(used)} of {formats.money(who['credit_limit_group'], currency)}", "worse" if is_over else ""
    )


def show_timeline(edition: Edition, currency: str, key: str) -> None:
    """Draw what happened and what is planned, by kind."""
    counts = customers.event_counts(edition.number, key)
    if counts.empty:
        look.section("What happened?", "Nothing is on record yet.")
        return
    kind_of = {event: kind for kind, events_of_kind in _KINDS.items() for event in events_of_kind}
    counts["kind"] = [kind_of.get(event, _OTHER) for event in counts["event_type"]]
    found = [kind for kind in (*_KINDS, _OTHER) if (counts["kind"] == kind).any()]
    heading = st.container()  # it counts what is chosen below it
    chosen = st.pills("Kinds", found, selection_mode="multi", key=f"timeline-{key}", label_visibility="collapsed")
    counted = counts[counts["kind"].isin(chosen or found)]
    events, ahead = int(counted["events"].sum()), int(counted["events_ahead"].sum())
    planned = f", {formats.count(ahead)} of them ahead" if ahead else ""
    listed = f" {formats.count(customers.LISTED)} are listed." if events > customers.LISTED else ""
    with heading:
        look.section("What happened?", f"{formats.things(events, 'event')}{planned}, the latest first.{listed}")
    shown = customers.timeline(edition.number, key, sorted(counted["event_type"]))
    download(shown, f"customer timeline {key}", edition.number)
    meaning = definitions(edition.number, "customer", "customer_timeline")
    tables.rows_table(
        shown.assign(event_type=[_event(row["event_type"], bool(row["is_ahead"])) for row in shown.to_dict("records")]),
        [
            Column("event_at", "When", formats.day, meaning.get("event_at", "")),
            Column("event_type", "Event", None, meaning.get("event_type", "")),
            Column("title", "What", None, meaning.get("title", ""), "large"),
            Column("amount_group", f"Amount ({currency})", formats.amount, meaning.get("amount_group", "")),
            Column("document_number", "Document", None, meaning.get("document_number", "")),
            Column("source_system", "System", None, meaning.get("source_system", "")),
        ],
        key="customer-timeline",
    )


def _event(event_type: str, is_ahead: bool) -> str:
    text = event_type.replace("_", " ").capitalize()
    return f"{text} (planned)" if is_ahead else text


def show_people(edition: Edition, key: str) -> None:
    """Draw whom to talk to."""
    people = customers.people(edition.number, key)
    if people.empty:
        look.section("Whom do we talk to?", "No system delivers people of this customer.")
        return
    active = int(people["is_active"].fillna(value=False).astype(bool).sum())
    look.section(
        "Whom do we talk to?",
        f"{formats.things(active, 'active person') if active == 1 else f'{active} active people'}.",
    )
    meaning = definitions(edition.number, "customer", "customer_contact")
    tables.rows_table(
        people.assign(
            is_active=["● Active" if active else "○ Gone" for active in people["is_active"]],
            has_opted_out_of_email=[
                "No mails, please" if no_mail is True else "" for no_mail in people["has_opted_out_of_email"]
            ],
        ),
        [
            Column("contact_name", "Name", None, meaning.get("contact_name", ""), "medium"),
            Column("title", "Title", None, meaning.get("title", "")),
            Column("department", "Department", None, meaning.get("department", "")),
            Column("email", "E-mail", None, meaning.get("email", "")),
            Column("phone", "Telephone", None, meaning.get("phone", "")),
            Column("is_active", "Status", None, meaning.get("is_active", "")),
            Column("has_opted_out_of_email", "Wishes", None, meaning.get("has_opted_out_of_email", "")),
        ],
        key="customer-people",
    )
    download(people, f"people of customer {key}", edition.number)
