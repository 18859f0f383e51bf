"""Questions to the marts of stock. Keys travel as text: a browser's number would make another product of it."""

from datetime import date

from dashboards.published import DataFrame, ask

_TODAY = """
select
    cast(today.product_key as varchar) as product_key,
    today.product_number,
    coalesce(today.product_name, today.product_number, 'Product unknown') as product_name,
    today.category_name,
    coalesce(today.warehouse_name, today.warehouse_code, 'Warehouse unknown') as warehouse_name,
    today.unit_of_measure,
    today.as_of_date,
    today.quantity_on_hand,
    today.reserved_quantity + today.component_quantity as promised_quantity,
    today.backlog_quantity,
    today.on_order_quantity + today.in_production_quantity as coming_quantity,
    today.next_receipt_date,
    coalesce(promise.available_quantity, 0) as available_quantity,
    today.stock_value_group
from inventory.stock_today as today
left join inventory.available_to_promise as promise
    on today.product_key = promise.product_key and today.warehouse_key = promise.warehouse_key and promise.is_today
order by today.stock_value_group desc nulls last, today.product_number, warehouse_name
"""


def today(version: int) -> DataFrame:
    """Return what lies where today and what can be promised of it, a row a product and warehouse, the dearest first."""
    return ask(_TODAY, {}, version)


_PROMISES = """
select
    coalesce(warehouse_name, warehouse_code, 'Warehouse unknown') as warehouse_name,
    promise_date,
    available_quantity,
    added_quantity
from inventory.available_to_promise
where product_key = try_cast($product as bigint) and added_quantity > 0 and not is_today
order by promise_date, warehouse_name
"""


def promises(version: int, product: str) -> DataFrame:
    """Return the days from which more of a product can be promised, the nearest first; the quantity is of all up to the day."""
    return ask(_PROMISES, {"product": product}, version)


_PROPOSALS = """
select
    cast(product_key as varchar) as product_key,
    product_number,
    coalesce(product_name, product_number, 'Product unknown') as product_name,
    coalesce(warehouse_name, warehouse_code, 'Warehouse unknown') as warehouse_name,
    unit_of_measure,
    procurement_type,
    position_quantity,
    reorder_quantity,
    proposed_quantity,
    proposed_amount_group,
    supplier_name,
    reason,
    coalesce(is_urgent, false) as is_urgent
from inventory.reorder_proposal
where proposed_quantity > 0
order by is_urgent desc, proposed_amount_group desc nulls last, product_number, warehouse_name
"""


def proposals(version: int) -> DataFrame:
    """Return what should be ordered today, the urgent and then the dearest first."""
    return ask(_PROPOSALS, {}, version)


_MONTHS = """
select
    stock_month,
    stock_date,
    stock_value_group,
    inventory_days,
    lag(stock_value_group, 12) over (order by stock_month) as stock_value_group_last_year,
    lag(inventory_days, 12) over (order by stock_month) as inventory_days_last_year
from inventory.turns_and_days
where level = 'group'
order by stock_month
"""


def months(version: int) -> DataFrame:
    """Return worth and days of inventory of all stock at the end of each month, with those of a year before."""
    return ask(_MONTHS, {}, version)


_SERVED = """
select
    cast(sum(due_lines) as bigint) as due_lines,
    cast(sum(on_time_lines) as bigint) as on_time_lines,
    cast(sum(on_time_lines) as double) / nullif(sum(due_lines), 0) as line_fill_rate
from inventory.service_level
where stock_month between $first_month and $last_month
"""


def served(version: int, first_month: date, last_month: date) -> DataFrame:
    """Return, in one row, how many order lines fell due in these months and how many of them were shipped in time."""
    return ask(_SERVED, {"first_month": first_month, "last_month": last_month}, version)


_AGES = """
with age as (
    select
        bucket_order,
        bucket_name,
        sum(stock_value_group) filter (where stock_month = $this_month) as stock_value_group,
        sum(stock_value_group) filter (where stock_month = $month_last_year) as stock_value_group_last_year
    from inventory.stock_ageing
    where stock_month in ($this_month, $month_last_year)
    group by bucket_order, bucket_name
)

select * from age
where stock_value_group <> 0 or stock_value_group_last_year <> 0
order by bucket_order nulls last
"""


def ages(version: int, this_month: date, month_last_year: date) -> DataFrame:
    """Return the worth of stock by age at the end of a month and of another one, the newest stock first."""
    return ask(_AGES, {"this_month": this_month, "month_last_year": month_last_year}, version)


_IDLE = """
select
    cast(product_key as varchar) as product_key,
    product_number,
    coalesce(product_name, product_number, 'Product unknown') as product_name,
    coalesce(warehouse_name, warehouse_code, 'Warehouse unknown') as warehouse_name,
    unit_of_measure,
    stock_class,
    quantity_on_hand,
    stock_value_group,
    last_demand_date,
    idle_days
from inventory.slow_and_dead
where stock_class in ('slow', 'dead')
order by stock_value_group desc nulls last, product_number, warehouse_name
"""


def idle(version: int) -> DataFrame:
    """Return the stock that nobody has wanted for long, the dearest first."""
    return ask(_IDLE, {}, version)
