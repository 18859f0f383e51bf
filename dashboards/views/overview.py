"""Executive overview: what was sold, against last year, and why."""

from typing import NamedTuple

import streamlit as st

from dashboards.components import cards, charts, formats, look, provenance, tables
from dashboards.components.download import download
from dashboards.components.periods import Calendar, Period, calendar, choices, shifted
from dashboards.components.tables import Bar, Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import sales
from dashboards.queries.definitions import definitions

_SPARKLINE_MONTHS = 12


class _View(NamedTuple):
    """What the sections of the page share."""

    edition: Edition
    currency: str
    period: Period
    compares: bool
    meaning: dict[str, str]


def show(edition: Edition, currency: str) -> None:
    """Draw the page."""
    span = sales.order_span(edition.number)
    months = calendar(span.first_order_date, span.last_order_date) if span else None
    if span is None or months is None:
        look.empty("No complete month of orders yet", "The overview begins when the first month is over.")
        return

    heading, choice = st.columns([3, 1], vertical_alignment="bottom")
    with choice:
        period = st.selectbox("Period", choices(months), format_func=lambda option: option.name, key="period")
    compares = months.can_compare(period)
    with heading:
        look.title("Executive overview", _compared_months(period, months, compares))

    view = _View(edition, currency, period, compares, definitions(edition.number, "sales", "revenue_month"))
    trend = sales.months(
        edition.number, min(period.first_month, shifted(period.last_month, 1 - _SPARKLINE_MONTHS)), period.last_month
    )
    rows = trend.tail(period.length).reset_index(drop=True)

    _figures(view, rows, trend)
    _against_last_year(view, rows)
    _why(view)
    _rows(view, rows)
    provenance.as_of(edition, f"Orders through {formats.day(span.last_order_date)}.")
    provenance.definitions(
        {
            "Revenue": view.meaning.get("revenue_group", ""),
            "Margin": view.meaning.get("margin_group", ""),
            "Orders": view.meaning.get("orders", ""),
            "Customers": view.meaning.get("customers", "") + _monthly_average(period),
            "New customers": view.meaning.get("new_customers", ""),
            "Average order": view.meaning.get("average_order_group", ""),
            "Change": "This period against the same months of the year before. Blue and + is better, orange and "
            f"{formats.MINUS} is worse.",
            "Complete month": "A month is complete when there are orders of its last day.",
        }
    )


def _compared_months(period: Period, months: Calendar, compares: bool) -> str:
    """Say which months are seen and compared, and which one is left out."""
    sentence = formats.span(period.first_month, period.last_month)
    if compares:
        sentence += f", against {formats.span(period.last_year.first_month, period.last_year.last_month)}."
    elif period.length > 12:
        sentence += ". More than a year: not compared."
    else:
        sentence += ". The data do not hold the whole year before: not compared."
    if months.incomplete_month:
        sentence += f" {formats.month(months.incomplete_month)} is not complete and left out."
    return sentence


def _monthly_average(period: Period) -> str:
    return "" if period.length == 1 else "; average over the months of the period"


def _figures(view: _View, rows: DataFrame, trend: DataFrame) -> None:
    """Draw the number."""
    now = {name: float(rows[name].sum()) for name in ("revenue_group", "orders", "customers", "margin_group")}
    before = {name: float(rows[f"{name}_last_year"].sum()) if view.compares else None for name in now}
    length = view.period.length

    def money(amount: float | None) -> str:
        return formats.money(amount, view.currency)

    def monthly(sum_of_months: float | None) -> str:
        return formats.whole(None if sum_of_months is None else sum_of_months / length)

    average = _ratio(now["revenue_group"], now["orders"])
    average_before = _ratio(before["revenue_group"], before["orders"])
    customers = "Customers" if length == 1 else "Customers a month"
    figures = [
        ("Revenue", "revenue_group", money, now["revenue_group"], before["revenue_group"]),
        ("Orders", "orders", formats.whole, now["orders"], before["orders"]),
        (customers, "customers", monthly, now["customers"], before["customers"]),
        ("Margin", "margin_group", money, now["margin_group"], before["margin_group"]),
        ("Average order", "average_order_group", money, average, average_before),
    ]
    cells = st.columns(len(figures), gap="small")
    for cell, (label, column, written, value, value_before) in zip(cells, figures, strict=True):
        with cell:
            cards.figure(
                label,
                written(value),
                definition=view.meaning.get(column, "") + (_monthly_average(view.period) if written is monthly else ""),
                now=value,
                before=value_before,
                before_written=written(value_before),
                trend=[float(monthly_value) for monthly_value in trend[column].fillna(0)],
            )


def _ratio(amount: float | None, number: float | None) -> float | None:
    return amount / number if amount is not None and number else None


def _against_last_year(view: _View, rows: DataFrame) -> None:
    """Draw against what."""
    sentence = ""
    if view.compares and view.period.length > 1:
        above = int((rows["revenue_group"] > rows["revenue_group_last_year"]).sum())
        best = rows.loc[(rows["revenue_group"] - rows["revenue_group_last_year"]).idxmax()]
        gain = best["revenue_group"] - best["revenue_group_last_year"]
        sentence = f"{above} of {view.period.length} months were above the year before."
        if gain > 0:
            sentence += (
                f" {formats.month(best['order_month'])} gained most: {formats.money(gain, view.currency, signed=True)}."
            )
    look.section("Revenue by month", sentence)
    bars = rows.rename(columns={"revenue_group": "now", "revenue_group_last_year": "before"})
    bars["period"] = [formats.month(month) for month in bars["order_month"]]
    charts.against_last_year(bars, view.currency, "Revenue", has_last_year=view.compares)


def _why(view: _View) -> None:
    """Draw why."""
    left, right = st.columns(2, gap="large")
    with left:
        _shares(view, "country", "Where it comes from")
    with right:
        _shares(view, "category", "What was sold")
        if view.compares:
            _falling_markets(view)


def _shares(view: _View, dimension: sales.Dimension, heading: str) -> None:
    shares = sales.market_shares(view.edition.number, view.period.first_month, view.period.last_month, dimension)
    total = float(shares["revenue_group_change"].sum())
    sentence = ""
    if view.compares and total and not shares.empty:
        most = shares.loc[(shares["revenue_group_change"] * total).idxmax()]
        sentence = (
            f"{most['member']} moved it most: {formats.money(most['revenue_group_change'], view.currency, signed=True)}"
            f" of {formats.money(total, view.currency, signed=True)}."
        )
    look.section(heading, sentence)
    longest = max(1.0, float(shares[["revenue_group", "revenue_group_last_year"]].max().max()))
    headings = [
        Heading(dimension.capitalize()),
        Heading("Year before" if view.compares else "", "bar"),
        Heading("Revenue", "number"),
    ]
    if view.compares:
        headings += [Heading("Change", "number"), Heading("in %", "number")]
    tables.small_table(headings, [_share_row(view, row, longest) for row in shares.to_dict("records")])


def _share_row(view: _View, row: dict[str, float], longest: float) -> list[Cell | Bar | str]:
    mark = row["revenue_group_last_year"] / longest if view.compares else None
    cells: list[Cell | Bar | str] = [
        str(row["member"]),
        Bar(row["revenue_group"] / longest, mark),
        formats.money(row["revenue_group"], view.currency),
    ]
    if view.compares:
        cell = tables.change_cell(row["revenue_group_change"], view.currency)
        relative = formats.change(row["revenue_group"], row["revenue_group_last_year"]) or "new"
        cells += [cell, Cell(relative, cell.meaning)]
    return cells


def _falling_markets(view: _View) -> None:
    """Draw what to look at."""
    shares = sales.market_shares(view.edition.number, view.period.first_month, view.period.last_month, "market")
    falling = shares[shares["revenue_group_change"] < 0].sort_values("revenue_group_change").head(3)
    if falling.empty:
        look.section("What to look at", "No category fell in any country.")
        return
    look.section("What to look at", "The largest falls by country and category.")
    tables.small_table(
        [Heading("Market"), Heading("Revenue", "number"), Heading("Change", "number"), Heading("in %", "number")],
        [
            [
                str(row["member"]),
                formats.money(row["revenue_group"], view.currency),
                tables.change_cell(row["revenue_group_change"], view.currency),
                Cell(
                    formats.change(row["revenue_group"], row["revenue_group_last_year"]) or formats.NONE,
                    "worse",
                ),
            ]
            for row in falling.to_dict("records")
        ],
    )


def _rows(view: _View, rows: DataFrame) -> None:
    """Draw the rows behind."""
    look.section("The rows behind", f"Amounts in {view.currency}.")
    by_market, by_month = st.tabs(["By country and category", "By month"])
    with by_market:
        _market_rows(view)
    with by_month:
        _month_rows(view, rows)


def _market_rows(view: _View) -> None:
    market = sales.market_rows(view.edition.number, view.period.first_month, view.period.last_month)
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    countries = left.multiselect("Country", sorted(market["country_name"].unique()), placeholder="All countries")
    categories = middle.multiselect("Category", sorted(market["category_name"].unique()), placeholder="All categories")
    if countries:
        market = market[market["country_name"].isin(countries)]
    if categories:
        market = market[market["category_name"].isin(categories)]
    if not view.compares:
        market = market.drop(columns=["revenue_group_last_year", "revenue_group_change"])
    with right:
        download(market, f"revenue by market {view.period.name}", view.edition.number)
    meaning = definitions(view.edition.number, "sales", "revenue_month_market")
    compared = [
        Column("revenue_group_last_year", "Year before", _rounded, "Revenue of the same month of the year before"),
        Column("revenue_group_change", "Change", formats.signed_amount, "Revenue minus that of the year before"),
    ]
    tables.rows_table(
        market,
        [
            Column("order_month", "Month", formats.month, meaning.get("order_month", "")),
            Column("country_name", "Country", None, meaning.get("country_name", "")),
            Column("category_name", "Category", None, meaning.get("category_name", "")),
            Column("revenue_group", "Revenue", _rounded, meaning.get("revenue_group", "")),
            *(compared if view.compares else []),
            Column("margin_group", "Margin", _rounded, meaning.get("margin_group", "")),
            Column("units", "Units", formats.count, meaning.get("units", "")),
            Column("order_lines", "Order lines", formats.count, meaning.get("order_lines", "")),
        ],
        key="market-rows",
    )


def _month_rows(view: _View, rows: DataFrame) -> None:
    newest_first = rows.iloc[::-1].reset_index(drop=True)
    if not view.compares:
        newest_first = newest_first[[name for name in newest_first if not name.endswith("_last_year")]]
    download(newest_first, f"revenue by month {view.period.name}", view.edition.number)
    compared = [
        Column("revenue_group_last_year", "Year before", _rounded, view.meaning.get("revenue_group_last_year", "")),
    ]
    tables.rows_table(
        newest_first,
        [
            Column("order_month", "Month", formats.month, view.meaning.get("order_month", "")),
            Column("revenue_group", "Revenue", _rounded, view.meaning.get("revenue_group", "")),
            *(compared if view.compares else []),
            Column("margin_group", "Margin", _rounded, view.meaning.get("margin_group", "")),
            Column("orders", "Orders", formats.count, view.meaning.get("orders", "")),
            Column("customers", "Customers", formats.count, view.meaning.get("customers", "")),
            Column("new_customers", "New customers", formats.count, view.meaning.get("new_customers", "")),
            Column("average_order_group", "Average order", _rounded, view.meaning.get("average_order_group", "")),
        ],
        key="month-rows",
    )


def _rounded(value: float) -> str:
    return formats.amount(value, 0)
