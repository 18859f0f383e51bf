{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'sales_order_line_key', ref('changed_sales_order_line')) }}",
    meta={'made_of': ['sales_order_line']},
) }}

with

line as (
    {{ rows_to_make('sales_order_line', 'changed_sales_order_line') }}
),

rated_line as (
    {{ with_rates('line', 'order_date') }}
),

customer_line as (
    {{ with_customer('rated_line', 'customer_source_id', 'order_date') }}
),

product_line as (
    {{ with_product('customer_line', 'order_date') }}
),

costed_line as (
    {{ with_product_cost('product_line', 'order_date') }}
),

warehouse_line as (
    {{ with_warehouse('costed_line') }}
),

fct_sales_order_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as sales_order_line_key,
        {{ surrogate_key(['source_system', 'order_number']) }} as sales_order_key,
        customer_key,
        customer_version_key,
        product_key,
        product_version_key,
        warehouse_key,
        company_key,
        source_system,
        source_id,
        order_number,
        line_number,
        order_date,
        ship_date,
        due_date,
        quantity,
        unit_price_document,
        document_currency,
        company_currency,
        exchange_rate_company,
        exchange_rate_group,
        net_amount_document,
        {{ amount_in('net_amount_document', 'exchange_rate_company') }} as net_amount_company,
        {{ amount_in('net_amount_document', 'exchange_rate_group') }} as net_amount_group,
        {{ amount_in('quantity * unit_cost', 'unit_cost_rate_group') }} as cost_amount_group,
        is_order_date_estimated,
        is_amount_corrected
    from warehouse_line
)

select * from fct_sales_order_line
