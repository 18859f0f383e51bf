{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

stock as (
    select * from {{ ref('stock_today') }}
    where quantity_on_hand <> 0 or stock_value_company <> 0
),

demand_day as (
    select
        movement.product_key,
        movement.warehouse_key,
        movement.posting_date,
        -sum(movement.quantity) as demand_quantity
    from {{ ref('fct_stock_movement') }} as movement
    inner join {{ ref('movement_kinds') }} as kind on movement.movement_kind = kind.movement_kind
    where kind.demand_of <> 'none' and (movement.quantity < 0) <> movement.is_reversal
    group by movement.product_key, movement.warehouse_key, movement.posting_date
),

demand as (
    select
        demand_day.product_key,
        demand_day.warehouse_key,
        max(demand_day.posting_date) filter (where demand_day.demand_quantity > 0) as last_demand_date,
        sum(demand_day.demand_quantity) filter (
            where demand_day.posting_date > today.as_of_date - interval {{ var('trailing_months') }} month
        ) as demand_quantity
    from demand_day
    cross join {{ ref('as_of') }} as today
    group by demand_day.product_key, demand_day.warehouse_key
),

first_receipt as (
    select
        product_key,
        warehouse_key,
        min(receipt_date) as oldest_receipt_date
    from {{ ref('stock_layer') }} as layer
    inner join {{ ref('as_of') }} as today on layer.stock_month = today.as_of_month
    group by product_key, warehouse_key
),

first_movement as (
    select
        product_key,
        warehouse_key,
        min(valid_from) as first_date
    from {{ ref('fct_stock_level') }}
    where not is_opening
    group by product_key, warehouse_key
),

-- What was never wanted has been waiting since it came first.
waiting as (
    select
        stock.*,
        demand.last_demand_date,
        first_receipt.oldest_receipt_date,
        coalesce(demand.demand_quantity, 0) as demand_quantity,
        {{ days_after('stock.as_of_date', 'demand.last_demand_date') }} as days_since_demand,
        {{ days_after('stock.as_of_date', 'coalesce(demand.last_demand_date, first_movement.first_date)') }} as idle_days,
        {{ days_after('stock.as_of_date', "cast(stock.as_of_date - interval " ~ var('trailing_months') ~ " month as date)") }}
            as window_days,
        {{ days_after('stock.as_of_date', 'first_movement.first_date') }} + 1 as known_days
    from stock
    left join demand on stock.product_key = demand.product_key and stock.warehouse_key = demand.warehouse_key
    left join first_receipt on stock.product_key = first_receipt.product_key and stock.warehouse_key = first_receipt.warehouse_key
    left join first_movement
        on stock.product_key = first_movement.product_key and stock.warehouse_key = first_movement.warehouse_key
),

-- What is new was wanted as much in the days before as in those that we know.
paced as (
    select
        *,
        cast(demand_quantity as double) * window_days / least(window_days, known_days) as yearly_demand
    from waiting
),

slow_and_dead as (
    select
        as_of_date,
        product_key,
        warehouse_key,
        company_key,
        product_number,
        product_name,
        category_name,
        unit_of_measure,
        warehouse_code,
        warehouse_name,
        company_code,
        quantity_on_hand,
        company_currency,
        stock_value_company,
        stock_value_group,
        last_receipt_date,
        oldest_receipt_date,
        last_demand_date,
        days_since_demand,
        idle_days,
        cast(demand_quantity as decimal(18, 3)) as demand_quantity,
        yearly_demand / {{ var('trailing_months') }} as monthly_demand,
        greatest(cast(quantity_on_hand as double), 0) * {{ var('trailing_months') }} / nullif(yearly_demand, 0) as months_of_cover,
        case
            when quantity_on_hand <= 0 then 'negative'
            when idle_days is null or idle_days >= {{ var('dead_stock_days') }} then 'dead'
            when idle_days >= {{ var('slow_stock_days') }} then 'slow'
            else 'active'
        end as stock_class,
        cast(
            case
                when quantity_on_hand <= 0 then 0
                else greatest(1 - coalesce(yearly_demand, 0) / quantity_on_hand, 0) * stock_value_group
            end as decimal(18, 2)
        ) as excess_value_group
    from paced
)

select * from slow_and_dead
