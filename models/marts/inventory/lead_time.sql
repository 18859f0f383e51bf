{{ config(meta={'made_of': ['purchase_order_line', 'production_order']}) }}

with

receipt as (
    select
        line.purchase_order_line_key,
        line.product_key,
        line.warehouse_key,
        line.supplier_key,
        line.order_date,
        receipt.posting_date,
        sum(receipt.quantity) as quantity
    from {{ ref('fct_goods_receipt_line') }} as receipt
    inner join {{ ref('fct_purchase_order_line') }} as line on receipt.purchase_order_line_key = line.purchase_order_line_key
    group by all
    having sum(receipt.quantity) > 0
),

-- A line that comes in parts takes as long as its parts do on average, by quantity.
purchase as (
    select
        product_key,
        warehouse_key,
        max(supplier_key) as supplier_key,
        purchase_order_line_key,
        'purchase' as lead_time_kind,
        sum({{ days_after('posting_date', 'order_date') }} * cast(quantity as double)) / sum(quantity) as lead_days
    from receipt
    group by product_key, warehouse_key, purchase_order_line_key
),

production as (
    select
        product_key,
        warehouse_key,
        cast(null as bigint) as supplier_key,
        production_order_key,
        'production' as lead_time_kind,
        cast({{ days_after('finish_date', 'planned_start_date') }} as double) as lead_days
    from {{ ref('fct_production_order') }}
    where is_completed and finish_date is not null
),

taken as (
    select * from purchase

    union all

    select * from production
),

lead_time as (
    select
        product_key,
        warehouse_key,
        lead_time_kind,
        count(*) as lead_times,
        avg(lead_days) as lead_days_mean,
        coalesce(stddev_samp(lead_days), 0) as lead_days_deviation,
        min(lead_days) as lead_days_least,
        max(lead_days) as lead_days_most
    from taken
    group by product_key, warehouse_key, lead_time_kind
)

select * from lead_time
