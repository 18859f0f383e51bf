{{ config(meta={'made_of': ['purchase_order_line', 'production_order']}) }}

with

purchase as (
    select
        line.product_key,
        line.warehouse_key,
        line.purchase_order_line_key,
        'purchase' as lead_time_kind,
        receipt.lead_days
    from {{ ref('fct_purchase_order_line') }} as line
    inner join {{ ref('purchase_receipt_progress') }} as receipt on line.purchase_order_line_key = receipt.purchase_order_line_key
    where receipt.lead_days is not null
),

production as (
    select
        product_key,
        warehouse_key,
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
        {{ exact_mean('lead_days') }} as lead_days_mean,
        coalesce({{ exact_deviation('lead_days') }}, 0) as lead_days_deviation,
        min(lead_days) as lead_days_least,
        max(lead_days) as lead_days_most
    from taken
    group by product_key, warehouse_key, lead_time_kind
)

select * from lead_time
