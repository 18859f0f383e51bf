"""Finance, second part: what customers owe, since when, and whom to call."""

from datetime import date
from typing import NamedTuple

from dashboards.components import formats, look, tables
from dashboards.components.download import download
from dashboards.components.tables import Bar, Cell, Column, Heading
from dashboards.published import DataFrame, Edition
from dashboards.queries import finance
from dashboards.queries.definitions import definitions

OVERDUE = "What customers owe beyond the due date at the end of the period"
_MOST_NAMED = 5


class Owed(NamedTuple):
    """What is owed to a company (None: the group) at the end of a day."""

    company: str | None
    day: date


def show_ageing(edition: Edition, currency: str, owed: Owed, ageing: DataFrame) -> None:
    """Draw who owes how much for how long, and whom to call."""
    total = float(ageing["open_amount_group"].sum())
    if ageing.empty or not total:
        look.section("Will we be paid?", "Nothing is open with customers.")
        return
    has_mark = bool(ageing["open_amount_group_last_year"].notna().any())
    longest = max(1.0, float(ageing[["open_amount_group", "open_amount_group_last_year"]].max().max()))
    look.section("Will we be paid?", f"What customers owe on {formats.day(owed.day)}, by age.")
    tables.small_table(
        [Heading("Age"), Heading("Year before" if has_mark else "", "bar"), Heading("Open", "number"),
         Heading("Share", "number")],
        [
            [
                str(row["bucket_name"]),
                Bar(
                    float(row["open_amount_group"]) / longest,
                    None if not has_mark or formats.is_missing(row["open_amount_group_last_year"])
                    else max(0.0, float(row["open_amount_group_last_year"]) / longest),
                ),
                formats.money(row["open_amount_group"], currency),
                formats.share(float(row["open_amount_group"]) / total),
            ]
            for row in ageing.to_dict("records")
        ],
    )  # fmt: skip
    late = finance.debtors(edition.number, owed.company, owed.day)
    late = late[late["overdue_amount_group"] > 0].head(_MOST_NAMED)
    if late.empty:
        return
    look.section("Whom to call", "Customers with the largest overdue amounts.")
    tables.small_table(
        [Heading("Customer"), Heading("Overdue", "number"), Heading("Oldest", "number")],
        [
            [
                Cell(str(row["customer_name"]), address=_page(row["customer_key"])),
                formats.money(row["overdue_amount_group"], currency),
                formats.things(int(row["most_overdue_days"]), "day"),
            ]
            for row in late.to_dict("records")
        ],
    )  # fmt: skip


def _page(customer_key: str) -> str:
    return "" if customer_key == "-1" else f"customers?customer={customer_key}"


def show_rows(edition: Edition, owed: Owed, what: str) -> None:
    """Draw what every customer owes."""
    debtors = finance.debtors(edition.number, owed.company, owed.day)
    download(debtors, f"receivables by customer {what}", edition.number)
    meaning = definitions(edition.number, "finance", "ar_ageing")
    tables.rows_table(
        debtors,
        [
            Column("customer_name", "Customer", None, meaning.get("customer_name", ""), "large"),
            Column("customer_number", "Number", None, meaning.get("customer_number", "")),
            Column("country_name", "Country", None, meaning.get("country_name", "")),
            Column("open_amount_group", "Open", formats.amount, meaning.get("open_amount_group", "")),
            Column("overdue_amount_group", "Overdue", formats.amount, OVERDUE),
            Column("most_overdue_days", "Days overdue", formats.count, meaning.get("most_overdue_days", "")),
            Column("open_items", "Items", formats.count, meaning.get("open_items", "")),
        ],
        key="finance-debtors",
    )
