{{ config(meta={'made_of': ['production_order']}) }}

with

production as (
    select
        production_order_key,
        product_key,
        warehouse_key,
        production_order_number,
        planned_start_date,
        planned_finish_date,
        start_date,
        finish_date,
        delay_days,
        planned_quantity,
        coalesce(yield_quantity, 0) as yield_quantity,
        coalesce(scrap_quantity, 0) as scrap_quantity,
        coalesce(received_quantity, 0) as received_quantity,
        coalesce(is_completed, false) as is_completed
    from {{ ref('fct_production_order') }}
),

named as (
    {{ with_stock_names('production') }}
),

yield_and_scrap as (
    select
        production_order_key,
        product_key,
        warehouse_key,
        company_key,
        production_order_number,
        product_number,
        product_name,
        category_name,
        unit_of_measure,
        warehouse_code,
        warehouse_name,
        company_code,
        planned_start_date,
        planned_finish_date,
        start_date,
        finish_date,
        is_completed,
        planned_quantity,
        yield_quantity,
        scrap_quantity,
        received_quantity,
        cast(yield_quantity as double) / nullif(yield_quantity + scrap_quantity, 0) as yield_rate,
        cast(scrap_quantity as double) / nullif(yield_quantity + scrap_quantity, 0) as scrap_rate,
        cast(yield_quantity as double) / nullif(planned_quantity, 0) as fulfilment_rate,
        delay_days,
        {{ days_after('finish_date', 'start_date') }} as throughput_days,
        {{ days_after('planned_finish_date', 'planned_start_date') }} as planned_days
    from named
)

select * from yield_and_scrap
