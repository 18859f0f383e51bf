"""Questions to the marts of open and closed deals."""

from datetime import date

from dashboards.published import DataFrame, ask

_OPEN_DEALS = """
select
    opportunity_name,
    customer_name,
    cast(customer_key as varchar) as customer_key,
    owner_name,
    country_code,
    stage_name,
    stage_order,
    amount_group,
    expected_amount_group,
    win_rate,
    close_date,
    stage_days,
    postponed_count,
    coalesce(is_overdue, false) as is_overdue,
    source_system,
    source_id
from sales.pipeline_today
order by amount_group desc nulls last, opportunity_name, source_id
"""


def open_deals(version: int) -> DataFrame:
    """Return the open deals, the largest first."""
    return ask(_OPEN_DEALS, {}, version)


_WATERFALL = """
select
    pipeline_month,
    opening_group,
    created_group,
    reopened_group,
    increased_group,
    decreased_group,
    currency_group,
    won_group,
    lost_group,
    removed_group,
    closing_group,
    opening_deals,
    created_deals,
    reopened_deals,
    won_deals,
    lost_deals,
    removed_deals,
    closing_deals
from sales.pipeline_waterfall
order by pipeline_month
"""


def waterfall(version: int) -> DataFrame:
    """Return the way of the pipeline through each month, the oldest first."""
    return ask(_WATERFALL, {}, version)


_WIN_RATES = """
select
    deal_month,
    cast(sum(won_deals) as bigint) as won_deals,
    cast(sum(lost_deals) as bigint) as lost_deals,
    sum(won_amount_group) as won_amount_group,
    sum(lost_amount_group) as lost_amount_group,
    cast(sum(won_deals) as double) / nullif(sum(won_deals) + sum(lost_deals), 0) as win_rate
from sales.win_rate_month
where deal_month between $first_month and $last_month
group by deal_month
order by deal_month
"""


def win_rates(version: int, first_month: date, last_month: date) -> DataFrame:
    """Return deals won and lost, by the month in which they were closed."""
    return ask(_WIN_RATES, {"first_month": first_month, "last_month": last_month}, version)
