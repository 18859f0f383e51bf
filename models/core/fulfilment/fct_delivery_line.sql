{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'delivery_line_key', ref('changed_delivery_line')) }}",
    meta={'made_of': ['delivery_line']},
) }}

with

line as (
    {{ rows_to_make('delivery_line', 'changed_delivery_line') }}
),

customer_line as (
    {{ with_customer('line', 'customer_source_id', 'delivery_date') }}
),

product_line as (
    {{ with_product('customer_line', 'delivery_date') }}
),

warehouse_line as (
    {{ with_warehouse('product_line') }}
),

fct_delivery_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as delivery_line_key,
        {{ reference_key('sales_order_line_source_id') }} as sales_order_line_key,
        customer_key,
        customer_version_key,
        product_key,
        product_version_key,
        warehouse_key,
        warehouse_company_key as company_key,
        source_system,
        source_id,
        delivery_number,
        line_number,
        ship_to_source_id,
        storage_location_code,
        delivery_date,
        planned_issue_date,
        promised_date,
        case when is_issued then {{ days_after('delivery_date', 'promised_date') }} end as delay_days,
        is_issued,
        quantity,
        unit_of_measure
    from warehouse_line
)

select * from fct_delivery_line
