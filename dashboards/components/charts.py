"""Charts. Colours come from the theme in the order of the series, so that light and dark both read well."""

import altair as alt
import streamlit as st

from dashboards.components import formats
from dashboards.published import DataFrame

_HEIGHT = 300
_FEW_BARS = 4
_WIDEST_BAR = 90


def revenue_against_last_year(months: DataFrame, currency: str, *, has_last_year: bool) -> None:
    """Draw bars of revenue a month and a mark where the same month of the year before was.

    ``months`` has order_month, revenue_group and revenue_group_last_year.
    """
    data = months[["order_month", "revenue_group", "revenue_group_last_year"]].copy()
    data["month"] = [formats.month(month) for month in data["order_month"]]
    data["this year"] = [formats.money(amount, currency) for amount in data["revenue_group"]]
    data["the year before"] = [formats.money(amount, currency) for amount in data["revenue_group_last_year"]]
    data["change"] = [
        formats.change(now, before) or formats.NONE
        for now, before in zip(data["revenue_group"], data["revenue_group_last_year"], strict=True)
    ]
    compared = ["the year before", "change"] if has_last_year else []
    series = ["This period", "The year before"] if has_last_year else ["This period"]
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=series),
        legend=alt.Legend(title=None, orient="top", symbolType="square", symbolOpacity=1) if has_last_year else None,
    )
    base = alt.Chart(data).encode(
        x=alt.X("month:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False)),
        tooltip=[alt.Tooltip(f"{name}:N", title=name.capitalize()) for name in ["month", "this year", *compared]],
    )
    few = len(data) <= _FEW_BARS
    axis = alt.Axis(labelExpr=formats.axis_label(currency), tickCount=5, title=None)
    chart = (
        base.transform_calculate(series="'This period'")
        .mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3, width=_WIDEST_BAR if few else alt.Undefined)
        .encode(y=alt.Y("revenue_group:Q", axis=axis), color=colour)
    )
    if has_last_year:
        width = _WIDEST_BAR + 10 if few else alt.RelativeBandSize(0.95)
        chart = chart + (
            base.transform_calculate(series="'The year before'")
            .mark_tick(thickness=4, opacity=1, orient="horizontal", width=width)
            .encode(y=alt.Y("revenue_group_last_year:Q", axis=axis), color=colour)
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
            x=alt.X("month:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False)),
            y=alt.Y("revenue_group:Q", axis=alt.Axis(labelExpr=formats.axis_label(currency), tickCount=5, title=None)),
            tooltip=[alt.Tooltip("month:N", title="Month"), alt.Tooltip("revenue:N", title="Revenue")],
        )
    )
    st.altair_chart(chart.properties(height=_HEIGHT), width="stretch")
