{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'production_order_key', ref('changed_production_order')) }}",
    meta={'made_of': ['production_order']},
) }}

with

line as (
    {{ rows_to_make('production_order', 'changed_production_order') }}
),

product_line as (
    {{ with_product('line', 'planned_start_date') }}
),

warehouse_line as (
    {{ with_warehouse('product_line') }}
),

fct_production_order as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as production_order_key,
        product_key,
        product_version_key,
        warehouse_key,
        warehouse_company_key as company_key,
        source_system,
        source_id,
        production_order_number,
        bill_of_material_number,
        planned_start_date,
        planned_finish_date,
        start_date,
        finish_date,
        {{ days_after('finish_date', 'planned_finish_date') }} as delay_days,
        planned_quantity,
        yield_quantity,
        scrap_quantity,
        received_quantity,
        unit_of_measure,
        is_completed
    from warehouse_line
)

select * from fct_production_order
