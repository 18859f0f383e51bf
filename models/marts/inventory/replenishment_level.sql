{{ config(meta={'made_of': ['stock_movement', 'stock_balance', 'purchase_order_line', 'production_order']}) }}

with

place as (
    select
        as_of_date,
        product_key,
        warehouse_key
    from {{ ref('stock_today') }}
    where product_key <> -1 and warehouse_key <> -1
),

weekly_demand as (
    select * from {{ ref('weekly_demand') }}
),

setting as (
    select
        product.product_key,
        warehouse.warehouse_key,
        setting.procurement_type,
        setting.planned_delivery_days,
        setting.reorder_point_quantity,
        setting.minimum_lot_quantity,
        setting.is_discontinued
    from {{ ref('replenishment_setting') }} as setting
    inner join {{ ref('dim_product') }} as product
        on
            setting.source_system = product.source_system
            and setting.product_number = product.product_number
            and product.is_current
    inner join {{ ref('dim_warehouse') }} as warehouse
        on setting.source_system = warehouse.source_system and setting.warehouse_code = warehouse.warehouse_code
    where not setting.is_deleted
),

lead_time as (
    select * from {{ ref('lead_time') }}
),

factor as (
    select safety_factor from {{ ref('service_level_factors') }}
    where service_level = {{ var('service_level') }}
),

known as (
    select
        place.as_of_date,
        place.product_key,
        place.warehouse_key,
        factor.safety_factor,
        setting.procurement_type,
        setting.minimum_lot_quantity,
        setting.reorder_point_quantity as system_reorder_quantity,
        coalesce(setting.is_discontinued, false) as is_discontinued,
        coalesce(weekly_demand.demand_weeks, 0) as demand_weeks,
        coalesce(weekly_demand.weekly_demand_mean, 0) as weekly_demand_mean,
        coalesce(weekly_demand.weekly_demand_deviation, 0) as weekly_demand_deviation,
        coalesce(lead_time.lead_days_mean, setting.planned_delivery_days, {{ var('default_lead_days') }}) as lead_days_mean,
        coalesce(lead_time.lead_days_deviation, 0) as lead_days_deviation,
        case
            when lead_time.lead_times is not null then 'receipts'
            when setting.planned_delivery_days is not null then 'system'
            else 'default'
        end as lead_time_from
    from place
    cross join factor
    left join weekly_demand
        on place.product_key = weekly_demand.product_key and place.warehouse_key = weekly_demand.warehouse_key
    left join setting on place.product_key = setting.product_key and place.warehouse_key = setting.warehouse_key
    left join lead_time
        on
            place.product_key = lead_time.product_key
            and place.warehouse_key = lead_time.warehouse_key
            and lead_time.lead_time_kind = case setting.procurement_type when 'made' then 'production' else 'purchase' end
            and lead_time.lead_times >= {{ var('least_lead_times') }}
),

computed as (
    select
        *,
        weekly_demand_mean * lead_days_mean / 7 as lead_time_demand,
        safety_factor * sqrt(
            weekly_demand_deviation * weekly_demand_deviation * lead_days_mean / 7
            + weekly_demand_mean * weekly_demand_mean * lead_days_deviation * lead_days_deviation / (7 * 7)
        ) as safety_stock
    from known
),

replenishment_level as (
    select
        as_of_date,
        product_key,
        warehouse_key,
        procurement_type,
        is_discontinued,
        demand_weeks,
        weekly_demand_mean,
        weekly_demand_deviation,
        lead_days_mean,
        lead_days_deviation,
        lead_time_from,
        safety_factor,
        cast(lead_time_demand as decimal(18, 3)) as lead_time_demand_quantity,
        cast(ceil(safety_stock) as decimal(18, 3)) as safety_stock_quantity,
        cast(ceil(lead_time_demand + safety_stock) as decimal(18, 3)) as computed_reorder_quantity,
        system_reorder_quantity,
        demand_weeks < {{ var('least_demand_weeks') }} and system_reorder_quantity is not null as is_level_of_system,
        minimum_lot_quantity,
        cast(
            greatest(ceil(weekly_demand_mean * {{ var('order_cover_days') }} / 7), coalesce(minimum_lot_quantity, 0)) as decimal(18, 3)
        ) as lot_quantity
    from computed
)

select * from replenishment_level
