{{ config(meta={'made_of': ['stock_movement', 'stock_balance', 'purchase_order_line', 'production_order', 'sales_order_line']}) }}

with

stock as (
    select * from {{ ref('stock_today') }}
),

last_purchase as (
    {{ latest_by(ref('fct_purchase_order_line'), ['product_key', 'warehouse_key'], ['order_date desc', 'purchase_order_line_key desc']) }}
),

leveled as (
    select
        stock.*,
        level.procurement_type,
        level.is_discontinued,
        level.demand_weeks,
        level.weekly_demand_mean,
        level.weekly_demand_deviation,
        level.lead_days_mean,
        level.lead_days_deviation,
        level.lead_time_from,
        level.safety_stock_quantity,
        level.is_level_of_system,
        level.minimum_lot_quantity,
        level.lot_quantity,
        case when level.is_level_of_system then level.system_reorder_quantity else level.computed_reorder_quantity end
            as reorder_quantity
    from stock
    inner join {{ ref('replenishment_level') }} as level
        on stock.product_key = level.product_key and stock.warehouse_key = level.warehouse_key
),

judged as (
    select
        *,
        case
            when position_quantity < 0 then 'more is promised than there will be'
            when is_discontinued then 'discontinued'
            when reorder_quantity = 0 then 'no demand'
            when position_quantity > reorder_quantity then 'enough'
            when is_level_of_system then 'at the reorder point of the system, too little history for our own'
            else 'at the reorder point'
        end as reason
    from leveled
),

-- Up to the reorder point and a lot more; what is to go is only bought for those who wait for it.
sized as (
    select
        *,
        case when is_discontinued then cast(0 as decimal(18, 3)) else cast(reorder_quantity + lot_quantity as decimal(18, 3)) end
            as order_up_to_quantity
    from judged
),

proposed as (
    select
        *,
        cast(
            case
                when reason in ('discontinued', 'no demand', 'enough') then 0
                when is_discontinued then -position_quantity
                else greatest(order_up_to_quantity - position_quantity, coalesce(minimum_lot_quantity, 0))
            end as decimal(18, 3)
        ) as proposed_quantity
    from sized
),

reorder_proposal as (
    select
        proposed.as_of_date,
        proposed.product_key,
        proposed.warehouse_key,
        proposed.company_key,
        proposed.product_number,
        proposed.product_name,
        proposed.category_name,
        proposed.unit_of_measure,
        proposed.warehouse_code,
        proposed.warehouse_name,
        proposed.company_code,
        proposed.procurement_type,
        proposed.quantity_on_hand,
        proposed.reserved_quantity,
        proposed.component_quantity,
        proposed.on_order_quantity,
        proposed.in_production_quantity,
        proposed.position_quantity,
        proposed.weekly_demand_mean,
        proposed.weekly_demand_deviation,
        proposed.demand_weeks,
        proposed.lead_days_mean,
        proposed.lead_days_deviation,
        proposed.lead_time_from,
        proposed.safety_stock_quantity,
        proposed.reorder_quantity,
        proposed.order_up_to_quantity,
        proposed.minimum_lot_quantity,
        proposed.proposed_quantity,
        proposed.reason,
        proposed.proposed_quantity > 0 and proposed.quantity_on_hand <= proposed.safety_stock_quantity as is_urgent,
        last_purchase.supplier_key,
        supplier.supplier_name,
        last_purchase.order_date as last_order_date,
        cast(
            proposed.proposed_quantity * cast(last_purchase.unit_price_document as decimal(24, 6)) * last_purchase.exchange_rate_group
            as decimal(18, 2)
        ) as proposed_amount_group
    from proposed
    left join last_purchase
        on proposed.product_key = last_purchase.product_key and proposed.warehouse_key = last_purchase.warehouse_key
    left join {{ ref('dim_supplier') }} as supplier on last_purchase.supplier_key = supplier.supplier_key
)

select * from reorder_proposal
