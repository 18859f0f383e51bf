"""The unified customer: who it is, what the systems say, what was bought."""

from typing import Any

import streamlit as st

from dashboards.components import charts, formats, look, provenance, tables
from dashboards.components.download import download
from dashboards.components.tables import Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import customers
from dashboards.queries.definitions import definitions
from dashboards.views import standing

PARAMETER = "customer"
_SYSTEM_KINDS = {"account": "CRM", "business_partner": "ERP"}
_MOST_FOUND = 50


def show(edition: Edition, currency: str, data_through: str) -> None:
    """Draw the page: the customer of the address, else the search."""
    meaning = definitions(edition.number, "customer", "customer_360")
    key = st.query_params.get(PARAMETER)
    if key is None:
        _search(edition, currency, meaning)
        provenance.as_of(edition, data_through)
    else:
        _customer(edition, currency, key, meaning, data_through)


def _search(edition: Edition, currency: str, meaning: dict[str, str]) -> None:
    look.title("Customers", "Every customer once, whichever system knows them.")
    text = st.text_input(
        "Search", key="customer-search", placeholder="Name, number, e-mail, telephone, city or country",
        label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    found = customers.found_customers(edition.number, text, _MOST_FOUND)
    if found.empty:
        look.empty("No customer found", "Try fewer words, or a part of the name or number.")
        return
    if len(found) == _MOST_FOUND:
        sentence = f"The {_MOST_FOUND} largest{' that match' if text.strip() else ''}. Select one to see all of it."
    else:
        sentence = f"{len(found)} found. Select one to see all of it."
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        look.note(sentence)
    with right:
        download(found, "customers found", edition.number)
    clicked = tables.rows_table(
        found,
        [
            Column("customer_name", "Name", None, meaning.get("customer_name", ""), "medium"),
            Column("customer_number", "Number", None, meaning.get("customer_number", "")),
            *_filled(found, Column("city", "City"), Column("email", "E-mail")),
            Column("country_name", "Country", None, meaning.get("country_name", "")),
            Column("orders", "Orders", formats.count, meaning.get("orders", "")),
            Column("revenue_group", f"Revenue ({currency})", formats.amount, meaning.get("revenue_group", "")),
            Column("last_order_date", "Last order", formats.day, meaning.get("last_order_date", "")),
        ],
        key=f"customers-found-{text}",
        selectable=True,
    )
    if clicked is not None:
        st.query_params[PARAMETER] = str(found.iloc[clicked]["customer_key"])
        st.rerun()


def _filled(found: DataFrame, *columns: Column) -> list[Column]:
    """Return those columns that hold anything: not every company knows e-mail addresses."""
    return [column for column in columns if found[column.name].notna().any()]


def _customer(edition: Edition, currency: str, key: str, meaning: dict[str, str], data_through: str) -> None:
    if st.button("All customers", icon=":material/arrow_back:", type="tertiary"):
        del st.query_params[PARAMETER]
        st.rerun()
    found = customers.customer(edition.number, key)
    if found.empty:
        look.empty("This customer is not in the warehouse", "It may have been merged or deleted in its source.")
        return
    who = found.iloc[0].to_dict()
    look.title(_text(who["customer_name"]) or "Customer without a name", _identity(who))
    standing.show_figures(who, currency, meaning)
    standing.show_standing(edition, currency, key, who, meaning)

    left, right = st.columns([2, 1], gap="large")
    with left:
        _attributes(edition, key)
    with right:
        look.section("Revenue by month", f"To the last order, {formats.day(who['last_order_date'])}.")
        months = customers.revenue_by_month(edition.number, key)
        if months.empty:
            look.note("No orders yet.")
        else:
            charts.revenue_by_month(months, currency)
    standing.show_timeline(edition, currency, key)
    standing.show_people(edition, key)
    _orders(edition, currency, key)
    provenance.as_of(edition, data_through)
    provenance.definitions({name: meaning.get(column, "") for name, column in standing.DEFINED.items()})


def _identity(who: dict[str, Any]) -> str:
    """Return number, place, kind and systems of a customer in one line."""
    systems = [str(who[name]) for name in ("crm_system", "erp_system") if _text(who[name])]
    records = int(who["source_records"])
    parts = [
        _text(who["customer_number"]),
        ", ".join(part for part in (_text(who["city"]), _text(who["country_name"])) if part),
        "Person" if who["is_person"] else "Company",
        _text(who["industry"]),
        f"customer since {formats.day(who['first_order_date'])}" if who["orders"] else "no orders yet",
        f"{formats.things(records, 'record')} in {' and '.join(dict.fromkeys(systems))}" if systems else "",
    ]
    return " · ".join(part for part in parts if part)


def _text(value: Any) -> str:
    return "" if formats.is_missing(value) else str(value)


def _attributes(edition: Edition, key: str) -> None:
    said = customers.attributes(edition.number, key)
    rows, conflicts = _golden_rows(said)
    verdict = f"disagree on {formats.things(conflicts, 'attribute')}" if conflicts else "agree"
    look.section("What we know, and from where", f"The records {verdict}.")
    headings = [
        Heading("Attribute"),
        Heading("Golden value"),
        Heading("Source"),
        Heading("Other records"),
    ]
    tables.small_table(headings, rows)
    download(said, f"customer attributes {key}", edition.number)


def _golden_rows(said: DataFrame) -> tuple[list[list[Cell | str]], int]:
    """Return a row an attribute (name, golden value, source with the rule, what the others say), and how many have a conflict."""
    rows: list[list[Cell | str]] = []
    conflicts = 0
    for attribute, group in said.groupby("attribute", sort=False):
        records = group.to_dict("records")
        golden = next((record for record in records if record["is_golden"]), None)
        others = [record for record in records if record is not golden]
        value = golden["attribute_value"] if golden else None
        different = [record for record in others if record["attribute_value"] != value]
        if different:
            conflicts += 1
            saying = "; ".join(f"{record['attribute_value']} ({_source(record)})" for record in different)
            other = Cell(f"≠ {saying}", "worse")
        else:
            other = Cell(f"✓ {', '.join(_source(record) for record in others)}" if others else "no other")
        why = _text(records[0]["reason"]) if others else "No other record says it"
        source = Cell(_source(golden), reason=why or "") if golden else formats.NONE
        rows.append([str(attribute), _text(value) or formats.NONE, source, other])
    return rows, conflicts


def _source(record: dict[str, Any]) -> str:
    """Return the record that a value comes from: ``CRM · crm 12132``."""
    kind = _SYSTEM_KINDS.get(record["record_type"], record["record_type"])
    system = record["source_system"]
    name = kind if system.lower() == kind.lower() else f"{kind} · {system}"
    return f"{name} {record['source_id']}"


def _orders(edition: Edition, currency: str, key: str) -> None:
    look.section("Orders", f"Amounts in {currency} unless the column says otherwise.")
    orders, lines = st.tabs(["Orders", "Order lines"])
    meaning = definitions(edition.number, "customer", "customer_order_line")
    with orders:
        frame = customers.orders(edition.number, key)
        _tell_if_cut(frame, "orders")
        download(frame, f"customer orders {key}", edition.number)
        tables.rows_table(
            frame,
            [
                Column("order_number", "Order", None, meaning.get("order_number", "")),
                Column("order_date", "Ordered", formats.day, meaning.get("order_date", "")),
                Column("ship_date", "Shipped", formats.day, meaning.get("ship_date", "")),
                Column("order_lines", "Lines", formats.count, "Order lines"),
                Column("quantity", "Quantity", formats.count, meaning.get("quantity", "")),
                Column("net_amount_group", "Amount", formats.amount, meaning.get("net_amount_group", "")),
                Column("margin_group", "Margin", formats.amount, meaning.get("margin_group", "")),
                Column("source_system", "System", None, meaning.get("source_system", "")),
            ],
            key="customer-orders",
        )
    with lines:
        frame = customers.order_lines(edition.number, key)
        _tell_if_cut(frame, "order lines")
        download(frame, f"customer order lines {key}", edition.number)
        tables.rows_table(
            frame,
            [
                Column("order_number", "Order", None, meaning.get("order_number", "")),
                Column("line_number", "Line", None, meaning.get("line_number", "")),
                Column("order_date", "Ordered", formats.day, meaning.get("order_date", "")),
                Column("product_name", "Product", None, meaning.get("product_name", ""), "medium"),
                Column("category_name", "Category", None, meaning.get("category_name", "")),
                Column("quantity", "Quantity", formats.count, meaning.get("quantity", "")),
                Column("unit_price_document", "Price", formats.amount, meaning.get("unit_price_document", "")),
                Column("document_currency", "Currency", None, meaning.get("document_currency", "")),
                Column("net_amount_group", "Amount", formats.amount, meaning.get("net_amount_group", "")),
                Column("margin_group", "Margin", formats.amount, meaning.get("margin_group", "")),
            ],
            key="customer-order-lines",
        )


def _tell_if_cut(frame: DataFrame, things: str) -> None:
    if len(frame) == customers.LISTED:
        st.caption(f"The latest {formats.count(len(frame))} {things} are listed; customer.customer_order_line has all.")
