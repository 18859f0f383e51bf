"""Stock: what we may promise, what to order, and what lies idle."""

from datetime import date
from typing import Any, NamedTuple

import streamlit as st

from dashboards.components import cards, charts, formats, look, provenance, tables
from dashboards.components.download import download
from dashboards.components.periods import shifted
from dashboards.components.tables import Bar, Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import stock
from dashboards.queries.definitions import definitions

PARAMETER = "product"
_MOST_NAMED = 8
_MONTHS_OF_A_YEAR = 12
_MONTHS_SHOWN = 13


class _View(NamedTuple):
    """What the sections of the page share."""

    edition: Edition
    currency: str
    today: DataFrame
    months: DataFrame
    proposals: DataFrame
    idle: DataFrame


def show(edition: Edition, currency: str) -> None:
    """Draw the page."""
    months = stock.months(edition.number)
    if months.empty:
        look.empty(
            "No stock yet",
            "This page begins when an ERP delivers movements of goods: map its table to stock_movement."
            " docs/bring-your-own-data.md says how.",
        )
        return
    number = edition.number
    view = _View(edition, currency, stock.today(number), months, stock.proposals(number), stock.idle(number))
    look.title("Stock", _answer(view))
    _figures(view)
    _promise(view)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _worth(view)
    with right:
        _ages(view)
    left, right = st.columns(2, gap="large")
    with left:
        _to_order(view)
    with right:
        _idle(view)
    _rows(view)
    provenance.as_of(edition, f"Movements through {formats.day(months.iloc[-1]['stock_date'])}.")
    meaning = {mart: definitions(number, "inventory", mart) for mart in _MARTS}
    provenance.definitions({text: meaning[mart].get(column, "") for text, (mart, column) in _DEFINED.items()})


_MARTS = ("stock_today", "available_to_promise", "turns_and_days", "service_level", "reorder_proposal", "slow_and_dead")
_DEFINED = {
    "Stock": ("stock_today", "stock_value_group"),
    "Days of inventory": ("turns_and_days", "inventory_days"),
    "Lines in time": ("service_level", "line_fill_rate"),
    "Promise today": ("available_to_promise", "available_quantity"),
    "To order": ("reorder_proposal", "proposed_quantity"),
    "Urgent": ("reorder_proposal", "is_urgent"),
    "Idle": ("slow_and_dead", "idle_days"),
}  # fmt: skip


def _answer(view: _View) -> str:
    last = view.months.iloc[-1]
    days = last["inventory_days"]
    urgent = int(view.proposals["is_urgent"].sum())
    return (
        f"{formats.money(last['stock_value_group'], view.currency)} lie in"
        f" {formats.things(view.today['warehouse_name'].nunique(), 'warehouse')}"
        + ("." if formats.is_missing(days) else f" and last {formats.things(round(float(days)), 'day')}.")
        + (
            f" {formats.things(len(view.proposals), 'order')} should be placed now, {formats.count(urgent)} of them urgently."
            if len(view.proposals)
            else " Nothing has to be ordered now."
        )
    )


def _figures(view: _View) -> None:
    """Draw the numbers, against a year ago."""
    last = view.months.iloc[-1]
    month: date = last["stock_month"].date()
    first = shifted(month, 1 - _MONTHS_OF_A_YEAR)
    rate, lines = _in_time(view, first, month)
    rate_before, _ = _in_time(view, shifted(first, -_MONTHS_OF_A_YEAR), shifted(first, -1))
    figures: list[dict[str, Any]] = [
        {
            "label": "Stock",
            "value": formats.money(last["stock_value_group"], view.currency),
            "now": last["stock_value_group"],
            "before": last["stock_value_group_last_year"],
            "before_written": formats.money(last["stock_value_group_last_year"], view.currency),
            "less_is_better": True,
            "definition": "Worth of the stock in the books, against a year ago: less money is tied up when it falls",
        },
        {
            "label": "Days of inventory",
            "value": formats.whole(last["inventory_days"]),
            "now": last["inventory_days"],
            "before": last["inventory_days_last_year"],
            "before_written": formats.whole(last["inventory_days_last_year"]),
            "less_is_better": True,
            "definition": "Days that the mean stock of twelve months lasts at their demand, against a year ago",
        },
        {
            "label": "Lines in time",
            "value": formats.share(rate),
            "now": rate or 0.0,
            "before": rate_before,
            "change_written": formats.points(rate, rate_before),
            "before_written": formats.share(rate_before),
            "definition": f"Order lines shipped in full when they were due, of {formats.count(lines)} in twelve months",
        },
        {
            "label": "To order",
            "value": formats.money(view.proposals["proposed_amount_group"].fillna(0).sum(), view.currency),
            "definition": "What should be ordered today, at the prices of the last orders",
        },
        {
            "label": "Idle",
            "value": formats.money(view.idle["stock_value_group"].fillna(0).sum(), view.currency),
            "definition": "Worth of the stock that nobody has wanted for long: slow or dead",
        },
    ]
    for cell, figure in zip(st.columns(len(figures), gap="small"), figures, strict=True):
        with cell:
            cards.figure(**figure)


def _in_time(view: _View, first: date, last: date) -> tuple[float | None, int]:
    """Return the share of the lines due in these months that were shipped in time, and how many were due."""
    found = stock.served(view.edition.number, first, last).iloc[0]
    due = 0 if formats.is_missing(found["due_lines"]) else int(found["due_lines"])
    return (float(found["line_fill_rate"]) if due else None), due


def _promise(view: _View) -> None:
    """Draw what may be promised of one product: the one that is chosen, or that the address names."""
    look.section("What may we promise?", "Choose a product: what is there, less what is promised already.")
    names = {
        str(row["product_key"]): f"{row['product_name']} · {formats.text(row['product_number'])}"
        for row in view.today.drop_duplicates("product_key").sort_values("product_name").to_dict("records")
    }
    asked = st.query_params.get(PARAMETER)
    keys = list(names)
    product = st.selectbox(
        "Product",
        keys,
        index=keys.index(asked) if asked in names else None,
        format_func=lambda key: names[key],
        placeholder="Name or number of a product",
        label_visibility="collapsed",
        key=f"stock-product-{asked}",
    )
    if product is None:
        return
    if product != asked:
        st.query_params[PARAMETER] = product
    more = stock.promises(view.edition.number, product)
    places = view.today[view.today["product_key"] == product].sort_values("available_quantity", ascending=False)
    unit = formats.text(places.iloc[0]["unit_of_measure"])
    left, right = st.columns([3, 2], gap="large")
    with left:
        tables.small_table(
            [Heading("Warehouse"), Heading("Promise today", "number"), Heading("On hand", "number"),
             Heading("Promised", "number"), Heading("Coming", "number"), Heading("Next receipt", "number")],
            [
                [
                    row["warehouse_name"],
                    Cell(formats.count(row["available_quantity"]), "" if row["available_quantity"] > 0 else "worse",
                         strong=True),
                    formats.count(row["quantity_on_hand"]),
                    formats.count(row["promised_quantity"]),
                    formats.count(row["coming_quantity"]),
                    formats.day(row["next_receipt_date"]),
                ]
                for row in places.to_dict("records")
            ],
        )  # fmt: skip
        st.caption(f"Quantities in {unit}. No promise that was given before is broken by one that is given here.")
    with right:
        if more.empty:
            st.caption("No further receipt that is planned leaves more to promise.")
            return
        tables.small_table(
            [Heading("From"), Heading("Warehouse"), Heading("More", "number"), Heading("In all", "number")],
            [
                [
                    formats.day(row["promise_date"]),
                    row["warehouse_name"],
                    f"+{formats.count(row['added_quantity'])}",
                    Cell(formats.count(row["available_quantity"]), strong=True),
                ]
                for row in more.head(_MOST_NAMED).to_dict("records")
            ],
        )


def _worth(view: _View) -> None:
    """Draw what stock was worth, month by month."""
    last = view.months.iloc[-1]
    change = formats.change(last["stock_value_group"], last["stock_value_group_last_year"])
    look.section(
        "How much money lies there?",
        "The worth of the stock at the end of each month."
        if change is None
        else f"{change} against a year ago, at the end of each month.",
    )
    shown = view.months.tail(_MONTHS_SHOWN)
    charts.against_last_year(
        DataFrame(
            {
                "period": [formats.month(month) for month in shown["stock_month"]],
                "now": shown["stock_value_group"].astype(float),
                "before": shown["stock_value_group_last_year"].astype(float),
            }
        ),
        view.currency,
        "Stock",
        has_last_year=bool(shown["stock_value_group_last_year"].notna().any()),
    )


def _ages(view: _View) -> None:
    """Draw how old stock is."""
    month: date = view.months.iloc[-1]["stock_month"].date()
    ages = stock.ages(view.edition.number, month, shifted(month, -_MONTHS_OF_A_YEAR))
    total = float(ages["stock_value_group"].fillna(0).sum())
    has_mark = bool(ages["stock_value_group_last_year"].notna().any())
    longest = max(1.0, *ages[["stock_value_group", "stock_value_group_last_year"]].fillna(0).astype(float).max())
    look.section("How old is it?", "First in, first out.")
    tables.small_table(
        [Heading("Age"), Heading("Year before" if has_mark else "", "bar"), Heading("Worth", "number"),
         Heading("Share", "number")],
        [
            [
                str(row["bucket_name"]),
                Bar(_length(row["stock_value_group"], longest),
                    _length(row["stock_value_group_last_year"], longest) if has_mark else None),
                formats.money(row["stock_value_group"], view.currency),
                formats.share(None if not total or formats.is_missing(row["stock_value_group"])
                              else float(row["stock_value_group"]) / total),
            ]
            for row in ages.to_dict("records")
        ],
    )  # fmt: skip


def _length(value: Any, longest: float) -> float:
    return 0.0 if formats.is_missing(value) else max(0.0, float(value) / longest)


def _to_order(view: _View) -> None:
    """Draw what should be ordered first."""
    first = view.proposals.head(_MOST_NAMED)
    look.section(
        "What should we order?",
        "The urgent first: no more than the safety stock is left."
        if len(first)
        else "Every product is above its reorder point.",
    )
    if first.empty:
        return
    tables.small_table(
        [Heading("Product"), Heading("For"), Heading("Quantity", "number"), Heading("Amount", "number")],
        [
            [
                Cell(str(row["product_name"]), "worse" if row["is_urgent"] else "", _why(row), address=_page(row)),
                str(row["warehouse_name"]),
                formats.count(row["proposed_quantity"]),
                formats.money(row["proposed_amount_group"], view.currency),
            ]
            for row in first.to_dict("records")
        ],
    )  # fmt: skip


def _why(row: dict[str, Any]) -> str:
    return ("Urgent: " if row["is_urgent"] else "") + str(row["reason"])


def _idle(view: _View) -> None:
    """Draw where the most money lies idle."""
    first = view.idle.head(_MOST_NAMED)
    look.section(
        "What lies idle?",
        "The dearest stock that nobody has wanted for long." if len(first) else "Everything is wanted.",
    )
    if first.empty:
        return
    tables.small_table(
        [Heading("Product"), Heading("In"), Heading("Idle for", "number"), Heading("Worth", "number")],
        [
            [
                Cell(str(row["product_name"]), address=_page(row)),
                str(row["warehouse_name"]),
                formats.NONE if formats.is_missing(row["idle_days"]) else formats.things(int(row["idle_days"]), "day"),
                formats.money(row["stock_value_group"], view.currency),
            ]
            for row in first.to_dict("records")
        ],
    )  # fmt: skip


def _page(row: dict[str, Any]) -> str:
    return f"stock?{PARAMETER}={row['product_key']}"


def _rows(view: _View) -> None:
    """Draw the rows behind."""
    look.section("The rows behind", f"Amounts in {view.currency}, quantities in the unit of the product.")
    today, order, idle = st.tabs(["Today", "To order", "Idle"])
    with today:
        _table(view, view.today, "stock today", "stock_today", {
            "available_quantity": ("Promise today", formats.count), "quantity_on_hand": ("On hand", formats.count),
            "promised_quantity": ("Promised", formats.count), "backlog_quantity": ("Late", formats.count),
            "coming_quantity": ("Coming", formats.count), "next_receipt_date": ("Next receipt", formats.day),
            "stock_value_group": ("Worth", formats.amount),
        })  # fmt: skip
    with order:
        _table(view, view.proposals, "what to order", "reorder_proposal", {
            "proposed_quantity": ("Order", formats.count), "proposed_amount_group": ("Amount", formats.amount),
            "supplier_name": ("Supplier", formats.text), "reason": ("Why", formats.text),
            "position_quantity": ("Position", formats.count), "reorder_quantity": ("Reorder point", formats.count),
        })  # fmt: skip
    with idle:
        _table(view, view.idle, "idle stock", "slow_and_dead", {
            "stock_class": ("Class", formats.text), "quantity_on_hand": ("On hand", formats.count),
            "stock_value_group": ("Worth", formats.amount), "last_demand_date": ("Last demand", formats.day),
            "idle_days": ("Idle days", formats.count),
        })  # fmt: skip


def _table(view: _View, rows: DataFrame, what: str, mart: str, figures: dict[str, tuple[str, Any]]) -> None:
    meaning = definitions(view.edition.number, "inventory", mart)
    meaning |= {
        "available_quantity": "What may be promised today: no promise that was given is broken",
        "promised_quantity": "Open quantity of sales orders, and what production orders will take",
        "coming_quantity": "Open quantity of purchase and production orders",
    }
    download(rows, what, view.edition.number)
    named = {
        "product_number": "Number",
        "product_name": "Product",
        "warehouse_name": "Warehouse",
        "unit_of_measure": "Unit",
    }
    columns = [Column(name, heading, None, meaning.get(name, "")) for name, heading in named.items()]
    columns += [Column(name, heading, written, meaning.get(name, "")) for name, (heading, written) in figures.items()]
    tables.rows_table(rows, columns, key=f"stock-{mart}")
