{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

demand_week as (
    select
        movement.product_key,
        movement.warehouse_key,
        cast(floor({{ days_after('today.as_of_date', 'movement.posting_date') }} / 7) as integer) as weeks_ago,
        -sum(movement.quantity) as quantity
    from {{ ref('fct_stock_movement') }} as movement
    inner join {{ ref('movement_kinds') }} as kind on movement.movement_kind = kind.movement_kind
    cross join {{ ref('as_of') }} as today
    where
        kind.demand_of <> 'none'
        and (movement.quantity < 0) <> movement.is_reversal
        and movement.posting_date > today.as_of_date - interval {{ 7 * var('demand_weeks') }} day
    group by all
),

demand as (
    select
        product_key,
        warehouse_key,
        sum(cast(quantity as double)) as quantity,
        sum(cast(quantity as double) * cast(quantity as double)) as squares
    from demand_week
    group by product_key, warehouse_key
),

known as (
    select
        level.product_key,
        level.warehouse_key,
        least(
            {{ var('demand_weeks') }},
            cast(ceil(({{ days_after('max(today.as_of_date)', 'min(level.valid_from)') }} + 1) / 7.0) as integer)
        ) as demand_weeks
    from {{ ref('fct_stock_level') }} as level
    cross join {{ ref('as_of') }} as today
    where not level.is_opening
    group by level.product_key, level.warehouse_key
),

weekly_demand as (
    select
        known.product_key,
        known.warehouse_key,
        known.demand_weeks,
        cast(coalesce(demand.quantity, 0) as decimal(18, 3)) as demand_quantity,
        coalesce(demand.quantity, 0) / known.demand_weeks as weekly_demand_mean,
        case
            when known.demand_weeks > 1
                then
                    sqrt(
                        greatest(coalesce(demand.squares - demand.quantity * demand.quantity / known.demand_weeks, 0), 0)
                        / (known.demand_weeks - 1)
                    )
        end as weekly_demand_deviation
    from known
    left join demand on known.product_key = demand.product_key and known.warehouse_key = demand.warehouse_key
)

select * from weekly_demand
