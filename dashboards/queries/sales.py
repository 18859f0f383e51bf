"""Questions to the sales marts."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboards.published import DataFrame, ask


@dataclass(frozen=True)
class OrderSpan:
    """The days of the first and of the last order of all."""

    first_order_date: date
    last_order_date: date


_ORDER_SPAN = """
select
    min(first_order_date) as first_order_date,
    max(last_order_date) as last_order_date
from customer.customer_360
"""


def order_span(version: int) -> OrderSpan | None:
    """Return from when to when there are orders, or None when there are none."""
    row = ask(_ORDER_SPAN, {}, version).iloc[0]
    if row.isna().any():
        return None
    return OrderSpan(row["first_order_date"].date(), row["last_order_date"].date())


_MONTHS = """
with calendar as (
    select cast(unnest(generate_series($first_month, $last_month, interval 1 month)) as date) as order_month
)

select
    calendar.order_month,
    coalesce(this_year.revenue_group, 0) as revenue_group,
    coalesce(this_year.margin_group, 0) as margin_group,
    coalesce(this_year.orders, 0) as orders,
    coalesce(this_year.customers, 0) as customers,
    coalesce(this_year.new_customers, 0) as new_customers,
    this_year.average_order_group,
    coalesce(last_year.revenue_group, 0) as revenue_group_last_year,
    coalesce(last_year.margin_group, 0) as margin_group_last_year,
    coalesce(last_year.orders, 0) as orders_last_year,
    coalesce(last_year.customers, 0) as customers_last_year
from calendar
left join sales.revenue_month as this_year on calendar.order_month = this_year.order_month
left join sales.revenue_month as last_year on calendar.order_month = last_year.order_month + interval 1 year
order by calendar.order_month
"""


def months(version: int, first_month: date, last_month: date) -> DataFrame:
    """Return a row a month, months without orders included, with the same month of the year before beside it."""
    return ask(_MONTHS, {"first_month": first_month, "last_month": last_month}, version)


# Last year's month stands where this year's is, so that one group by compares the two.
_MARKET = """
with market as (
    select
        order_month,
        coalesce(country_name, 'Unknown') as country_name,
        coalesce(category_name, 'Unknown') as category_name,
        revenue_group,
        margin_group,
        units,
        order_lines,
        0 as revenue_group_last_year
    from sales.revenue_month_market
    where order_month between $first_month and $last_month

    union all

    select
        cast(order_month + interval 1 year as date) as order_month,
        coalesce(country_name, 'Unknown') as country_name,
        coalesce(category_name, 'Unknown') as category_name,
        0 as revenue_group,
        0 as margin_group,
        0 as units,
        0 as order_lines,
        revenue_group as revenue_group_last_year
    from sales.revenue_month_market
    where order_month + interval 1 year between $first_month and $last_month
)
"""

_MARKET_ROWS = (
    _MARKET
    + """
select
    order_month,
    country_name,
    category_name,
    sum(revenue_group) as revenue_group,
    sum(revenue_group_last_year) as revenue_group_last_year,
    sum(revenue_group) - sum(revenue_group_last_year) as revenue_group_change,
    sum(margin_group) as margin_group,
    sum(units) as units,
    cast(sum(order_lines) as bigint) as order_lines
from market
group by all
order by order_month desc, revenue_group desc, country_name, category_name
"""
)

_MARKET_SHARES = (
    _MARKET
    + """
select
    case $dimension when 'country' then country_name when 'category' then category_name
        else country_name || ' · ' || category_name end as member,
    sum(revenue_group) as revenue_group,
    sum(revenue_group_last_year) as revenue_group_last_year,
    sum(revenue_group) - sum(revenue_group_last_year) as revenue_group_change
from market
group by all
order by revenue_group desc, member
"""
)

Dimension = Literal["country", "category", "market"]


def market_rows(version: int, first_month: date, last_month: date) -> DataFrame:
    """Return a row a month, country and category of the period, newest first."""
    return ask(_MARKET_ROWS, {"first_month": first_month, "last_month": last_month}, version)


def market_shares(version: int, first_month: date, last_month: date, dimension: Dimension) -> DataFrame:
    """Return revenue of the period and of the year before by ``dimension`` (``market``: country and category)."""
    parameters = {"first_month": first_month, "last_month": last_month, "dimension": dimension}
    return ask(_MARKET_SHARES, parameters, version)
