"""Pipeline: will we sell enough, what changed, and which deals need somebody."""

from typing import Any, NamedTuple

import streamlit as st

from dashboards.components import cards, charts, formats, look, provenance, tables
from dashboards.components.download import download
from dashboards.components.periods import shifted
from dashboards.components.tables import Bar, Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import pipeline
from dashboards.queries.definitions import definitions

_RANGES = {"Last 12 months": 12, "Last 3 months": 3, "Last month": 1}
_MOST_NAMED = 8
_MONTHS_OF_A_YEAR = 12
_AS_MUCH = 0.02  # what differs by less is said to be the same
_MOVEMENTS = {
    "created_group": "New deals", "reopened_group": "Opened again", "increased_group": "Grew", "decreased_group": "Shrank",
    "currency_group": "Exchange rates", "won_group": "Won", "lost_group": "Lost", "removed_group": "Removed",
}  # fmt: skip


class _View(NamedTuple):
    """What the sections of the page share."""

    edition: Edition
    currency: str
    deals: DataFrame
    months: DataFrame
    meaning: dict[str, str]


def show(edition: Edition, currency: str) -> None:
    """Draw the page."""
    months = pipeline.waterfall(edition.number)
    deals = pipeline.open_deals(edition.number)
    if months.empty:
        look.empty(
            "No deals yet",
            "This page begins when a CRM delivers deals: map its table to opportunity. docs/bring-your-own-data.md says how.",
        )
        return
    heading, choice = st.columns([3, 1], vertical_alignment="bottom")
    with choice:
        name = st.selectbox("Period", list(_RANGES), key="pipeline-period") or "Last 12 months"
    chosen = months.tail(_RANGES[name]).reset_index(drop=True)
    view = _View(edition, currency, deals, months, definitions(edition.number, "sales", "pipeline_today"))
    with heading:
        look.title("Pipeline", _answer(view, chosen))
    _figures(view)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _waterfall(view, chosen, name)
    with right:
        _stages(view)
    left, right = st.columns(2, gap="large")
    with left:
        _win_rate(view)
    with right:
        _to_look_at(view)
    _rows(view, chosen, name)
    provenance.as_of(edition, f"Deals through {formats.month(months.iloc[-1]['pipeline_month'])}.")
    provenance.definitions(
        {
            "Open pipeline": "Amount of the deals that are open, in group currency",
            "Expected": view.meaning.get("expected_amount_group", ""),
            "Win rate": "Deals won by deals closed, by the month in which they were closed",
            "Overdue": "Open deals whose expected close has passed",
            **{text: definitions(edition.number, "sales", "pipeline_waterfall").get(column, "")
               for column, text in _MOVEMENTS.items()},
        }
    )  # fmt: skip


def _answer(view: _View, chosen: DataFrame) -> str:
    first, last = chosen.iloc[0], chosen.iloc[-1]
    change = float(last["closing_group"]) - float(first["opening_group"])
    verb = "grew" if change > 0 else "shrank" if change < 0 else "stayed"
    overdue = int(view.deals["is_overdue"].astype(bool).sum())
    return (
        f"{formats.span(first['pipeline_month'].date(), last['pipeline_month'].date())}: the pipeline {verb} by"
        f" {formats.money(abs(change), view.currency)} to {formats.money(last['closing_group'], view.currency)}."
        + (f" {formats.things(overdue, 'open deal')} should have been closed by now." if overdue else "")
    )


def _rates(view: _View) -> tuple[DataFrame, DataFrame]:
    """Return deals closed in the last twelve months, and in the twelve before."""
    last = view.months.iloc[-1]["pipeline_month"].date()
    before = shifted(last, -_MONTHS_OF_A_YEAR)
    now = pipeline.win_rates(view.edition.number, shifted(before, 1), last)
    return now, pipeline.win_rates(view.edition.number, shifted(before, 1 - _MONTHS_OF_A_YEAR), before)


def _rate(closed: DataFrame) -> float | None:
    deals = int(closed["won_deals"].sum() + closed["lost_deals"].sum())
    return int(closed["won_deals"].sum()) / deals if deals else None


def _figures(view: _View) -> None:
    """Draw the numbers, against a year ago."""

    def written(amount: float | None) -> str:
        return formats.money(amount, view.currency)

    now, before = _rates(view)
    last = view.months.iloc[-1]
    enough = len(view.months) > _MONTHS_OF_A_YEAR
    year_ago = float(view.months.iloc[-1 - _MONTHS_OF_A_YEAR]["closing_group"]) if enough else None
    won, won_before = float(now["won_amount_group"].sum()), float(before["won_amount_group"].sum()) if enough else None
    rate, rate_before = _rate(now), _rate(before) if enough else None
    overdue = view.deals[view.deals["is_overdue"].astype(bool)]
    figures: list[dict[str, Any]] = [
        {
            "label": "Open pipeline",
            "value": written(float(last["closing_group"])),
            "now": float(last["closing_group"]),
            "before": year_ago,
            "before_written": written(year_ago),
            "definition": "Amount of the deals that are open, against a year ago",
        },
        {
            "label": "Won in 12 months",
            "value": written(won),
            "now": won,
            "before": won_before,
            "before_written": written(won_before),
            "definition": "Amount of the deals won in the last twelve months, against the twelve before",
        },
        {
            "label": "Win rate",
            "value": formats.share(rate),
            "now": rate or 0.0,
            "before": rate_before,
            "change_written": formats.points(rate, rate_before),
            "before_written": formats.share(rate_before),
            "definition": "Deals won by deals closed in the last twelve months, against the twelve before",
        },
        {
            "label": "Expected",
            "value": written(float(view.deals["expected_amount_group"].fillna(0).sum())),
            "definition": view.meaning.get("expected_amount_group", ""),
        },
        {
            "label": "Overdue",
            "value": written(float(overdue["amount_group"].fillna(0).sum())),
            "definition": "Amount of open deals whose expected close has passed",
        },
    ]
    for cell, figure in zip(st.columns(len(figures), gap="small"), figures, strict=True):
        with cell:
            cards.figure(**figure)


def _waterfall(view: _View, chosen: DataFrame, name: str) -> None:
    """Draw why the pipeline is what it is."""
    gained = float(chosen[["created_group", "reopened_group", "increased_group"]].sum().sum())
    closed = -float(chosen[["won_group", "lost_group", "removed_group", "decreased_group"]].sum().sum())
    verdict = "is refilled as fast as it empties"
    if abs(gained - closed) > _AS_MUCH * closed:
        verdict = "is refilled faster than it empties" if gained > closed else "empties faster than it is refilled"
    look.section("What changed?", f"The pipeline {verdict}: {formats.money(gained, view.currency)} came, "
                 f"{formats.money(closed, view.currency)} went.")  # fmt: skip
    steps = [charts.Step("At the start", float(chosen.iloc[0]["opening_group"]), is_level=True)]
    steps += [
        charts.Step(text, amount) for column, text in _MOVEMENTS.items() if (amount := float(chosen[column].sum())) != 0
    ]
    steps.append(charts.Step("At the end", float(chosen.iloc[-1]["closing_group"]), is_level=True))
    charts.waterfall(steps, view.currency)
    download(chosen, f"pipeline waterfall {name}", view.edition.number)


def _stages(view: _View) -> None:
    """Draw where the open deals stand."""
    if view.deals.empty:
        look.section("Where do deals stand?", "No deal is open.")
        return
    stages = view.deals.groupby(["stage_order", "stage_name"], dropna=False, as_index=False).agg(
        deals=("source_id", "size"), amount=("amount_group", "sum"), expected=("expected_amount_group", "sum")
    )
    longest = max(1.0, float(stages["amount"].max()))
    look.section("Where do deals stand?", f"{formats.things(len(view.deals), 'open deal')} by stage.")
    tables.small_table(
        [Heading("Stage"), Heading("", "bar"), Heading("Amount", "number"), Heading("Deals", "number")],
        [
            [
                str(row["stage_name"]),
                Bar(float(row["amount"]) / longest),
                formats.money(row["amount"], view.currency),
                formats.count(row["deals"]),
            ]
            for row in stages.to_dict("records")
        ],
    )


def _win_rate(view: _View) -> None:
    """Draw the win rate month by month."""
    now, _ = _rates(view)
    rate = _rate(now)
    verdict = "No deal was closed" if rate is None else f"{formats.share(rate)} of the deals closed"
    look.section("How often do we win?", f"{verdict} in twelve months.")
    tables.small_table(
        [
            Heading("Month"),
            Heading("", "bar"),
            Heading("Win rate", "number"),
            Heading("Won", "number"),
            Heading("Lost", "number"),
        ],
        [
            [
                formats.month(row["deal_month"]),
                Bar(0.0 if formats.is_missing(row["win_rate"]) else float(row["win_rate"])),
                formats.share(row["win_rate"]),
                formats.count(row["won_deals"]),
                formats.count(row["lost_deals"]),
            ]
            for row in now.iloc[::-1].to_dict("records")
        ],
    )


def _to_look_at(view: _View) -> None:
    """Draw the deals that need somebody."""
    overdue = view.deals[view.deals["is_overdue"].astype(bool)].head(_MOST_NAMED)
    found = "The largest open deals whose expected close has passed." if len(overdue) else "No open deal is overdue."
    look.section("Which deals need somebody?", found)
    tables.small_table(
        [Heading("Deal"), Heading("Owner"), Heading("Close", "number"), Heading("Amount", "number")],
        [
            [
                Cell(str(row["opportunity_name"]), address=_customer(row)),
                formats.text(row["owner_name"]),
                Cell(formats.day(row["close_date"]), "worse"),
                formats.money(row["amount_group"], view.currency),
            ]
            for row in overdue.to_dict("records")
        ],
    )


def _customer(row: dict[str, Any]) -> str:
    key = row["customer_key"]
    return "" if formats.is_missing(key) or key == "-1" else f"customers?customer={key}"


def _rows(view: _View, chosen: DataFrame, name: str) -> None:
    """Draw the rows behind."""
    look.section("The rows behind", f"Amounts in {view.currency}.")
    deals, months = st.tabs(["Open deals", "By month"])
    with deals:
        download(view.deals, "open deals", view.edition.number)
        tables.rows_table(
            view.deals,
            [
                Column("opportunity_name", "Deal", None, view.meaning.get("opportunity_name", ""), "medium"),
                Column("customer_name", "Customer", None, view.meaning.get("customer_name", ""), "medium"),
                Column("owner_name", "Owner", None, view.meaning.get("owner_name", "")),
                Column("stage_name", "Stage", None, view.meaning.get("stage_name", "")),
                Column("amount_group", "Amount", _rounded, view.meaning.get("amount_group", "")),
                Column("expected_amount_group", "Expected", _rounded, view.meaning.get("expected_amount_group", "")),
                Column("close_date", "Close", formats.day, view.meaning.get("close_date", "")),
                Column("stage_days", "Days in stage", formats.count, view.meaning.get("stage_days", "")),
                Column("postponed_count", "Postponed", formats.count, view.meaning.get("postponed_count", "")),
            ],
            key="pipeline-deals",
        )
    with months:
        meaning = definitions(view.edition.number, "sales", "pipeline_waterfall")
        tables.rows_table(
            chosen.iloc[::-1].reset_index(drop=True),
            [
                Column("pipeline_month", "Month", formats.month, meaning.get("pipeline_month", "")),
                Column("opening_group", "At the start", _rounded, meaning.get("opening_group", "")),
                *(
                    Column(column, text, formats.signed_amount, meaning.get(column, ""))
                    for column, text in _MOVEMENTS.items()
                ),
                Column("closing_group", "At the end", _rounded, meaning.get("closing_group", "")),
            ],
            key=f"pipeline-months-{name}",
        )


def _rounded(value: float) -> str:
    return formats.amount(value, 0)
