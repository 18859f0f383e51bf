"""Charts. Colours come from the theme in the order of the series, so that light and dark both read well.

The order of an axis is always said: a browser that is given other rows keeps the order that it knew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import streamlit as st

from dashboards.components import formats
from dashboards.published import DataFrame

_HEIGHT = 300
_FEW_BARS = 4
_WIDEST_BAR = 90
_LEAST_HEIGHT = 150
_TEXT_COLOURS = {"light": "#17222e", "dark": "#e6ebf0"}  # those of the theme, which marks of text do not know
_STEP_COLOURS = {"Level": "#7f8c99", "Adds": "#3a86c8", "Takes": "#d4702a"}  # read on white and on black


def against_last_year(periods: DataFrame, currency: str, name: str, *, has_last_year: bool) -> None:
    """Draw bars of an amount a period and a mark where the same period of the year before was.

    ``periods`` has period (as it is written), now and before; ``name`` says what the amount is.
    """
    data = periods[["period", "now", "before"]].copy()
    data["written"] = [formats.money(amount, currency) for amount in data["now"]]
    data["the year before"] = [formats.money(amount, currency) for amount in data["before"]]
    data["change"] = [
        formats.change(now, before) or formats.NONE for now, before in zip(data["now"], data["before"], strict=True)
    ]
    shown = {"period": "Period", "written": name}
    compared = {"the year before": "The year before", "change": "Change"} if has_last_year else {}
    series = ["This period", "The year before"] if has_last_year else ["This period"]
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=series),
        legend=alt.Legend(title=None, orient="top", symbolType="square", symbolOpacity=1) if has_last_year else None,
    )
    base = alt.Chart(data).encode(
        x=alt.X(
            "period:N",
            sort=list(periods["period"]),
            title=None,
            axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False),
        ),
        tooltip=[alt.Tooltip(f"{column}:N", title=title) for column, title in {**shown, **compared}.items()],
    )
    few = len(data) <= _FEW_BARS
    axis = alt.Axis(labelExpr=formats.axis_label(currency), tickCount=5, title=None)
    chart = (
        base.transform_calculate(series="'This period'")
        .mark_bar(cornerRadiusEnd=3, width=_WIDEST_BAR if few else alt.Undefined)
        .encode(y=alt.Y("now:Q", axis=axis), color=colour)
    )
    if has_last_year:
        width = _WIDEST_BAR + 10 if few else alt.RelativeBandSize(0.95)
        chart = chart + (
            base.transform_calculate(series="'The year before'")
            .mark_tick(thickness=4, opacity=1, orient="horizontal", width=width)
            .encode(y=alt.Y("before:Q", axis=axis), color=colour)
        )
    st.altair_chart(chart.properties(height=_HEIGHT), width="stretch")


@dataclass(frozen=True)
class Step:
    """A step of a waterfall: a level where ``is_level``, else what is added to the step before."""

    name: str
    amount: float
    is_level: bool = False


def waterfall(steps: Sequence[Step], currency: str) -> None:
    """Draw how one level becomes another, downwards: the names stand beside, so that a narrow window holds them."""
    rows: list[dict[str, str | float]] = []
    ends = [0.0]
    for step in steps:
        start = 0.0 if step.is_level else ends[-1]
        end = step.amount if step.is_level else start + step.amount
        kind = "Level" if step.is_level else "Adds" if step.amount > 0 else "Takes"
        written = formats.money(step.amount, currency, signed=not step.is_level)
        rows.append(
            {"step": step.name, "start": start, "end": end, "far": max(start, end), "kind": kind, "written": written}
        )
        ends.append(end)
    base = alt.Chart(DataFrame(rows)).encode(
        y=alt.Y(
            "step:N",
            sort=[step.name for step in steps],
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=150),
        ),
        tooltip=[alt.Tooltip("step:N", title="Step"), alt.Tooltip("written:N", title="Amount")],
    )
    least, most = min(ends), max(ends)
    room_for_text = max(most - least, 1.0) * 0.2
    scale = alt.Scale(domain=[least, most + room_for_text], nice=False)
    bars = base.mark_bar(cornerRadius=2, height=alt.RelativeBandSize(0.62)).encode(
        x=alt.X("start:Q", title=None, scale=scale, axis=alt.Axis(labelExpr=formats.axis_label(currency), tickCount=4)),
        x2="end:Q",
        color=alt.Color(
            "kind:N", legend=None, scale=alt.Scale(domain=list(_STEP_COLOURS), range=list(_STEP_COLOURS.values()))
        ),
    )
    texts = base.mark_text(
        align="left", dx=6, fontSize=12, color=_TEXT_COLOURS[st.context.theme.type or "light"]
    ).encode(x=alt.X("far:Q", scale=scale), text="written:N")
    st.altair_chart((bars + texts).properties(height=max(_LEAST_HEIGHT, 36 * len(rows))), width="stretch")


def days_by_period(periods: DataFrame, names: Mapping[str, str]) -> None:
    """Draw a line of days a series. ``periods`` has period (as it is written) and the columns that ``names`` names.

    Lines differ by their dashes too, so that they can be told apart without colours.
    """
    data = periods.melt("period", list(names), "column", "days").dropna()
    data["series"] = [names[column] for column in data["column"]]
    data["written"] = [f"{days:,.0f} days" for days in data["days"]]
    order = list(names.values())
    chart = (
        alt.Chart(data)
        .mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=36))
        .encode(
            x=alt.X(
                "period:N",
                sort=list(periods["period"]),
                title=None,
                axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False),
            ),
            y=alt.Y("days:Q", title=None, axis=alt.Axis(tickCount=5)),
            color=alt.Color("series:N", scale=alt.Scale(domain=order), legend=alt.Legend(title=None, orient="top")),
            strokeDash=alt.StrokeDash("series:N", scale=alt.Scale(domain=order), legend=None),
            tooltip=[
                alt.Tooltip("period:N", title="Period"),
                alt.Tooltip("series:N", title="Of"),
                alt.Tooltip("written:N", title="Days"),
            ],
        )
    )
    st.altair_chart(chart.properties(height=_HEIGHT), width="stretch")


def revenue_by_month(months: DataFrame, currency: str) -> None:
    """Draw bars of revenue a month. ``months`` has order_month and revenue_group."""
    data = months[["order_month", "revenue_group"]].copy()
    data["month"] = [formats.month(month) for month in data["order_month"]]
    data["revenue"] = [formats.money(amount, currency) for amount in data["revenue_group"]]
    chart = (
        alt.Chart(data)
        .mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3)
        .encode(
            x=alt.X(
                "month:N",
                sort=list(data["month"]),
                title=None,
                axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False),
            ),
            y=alt.Y("revenue_group:Q", axis=alt.Axis(labelExpr=formats.axis_label(currency), tickCount=5, title=None)),
            tooltip=[alt.Tooltip("month:N", title="Month"), alt.Tooltip("revenue:N", title="Revenue")],
        )
    )
    st.altair_chart(chart.properties(height=_HEIGHT), width="stretch")
