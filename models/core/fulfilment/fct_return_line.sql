{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'return_line_key', ref('changed_return_line')) }}",
    meta={'made_of': ['return_line']},
) }}

with

line as (
    {{ rows_to_make('return_line', 'changed_return_line') }}
),

rated_line as (
    {{ with_rates('line', 'return_date') }}
),

customer_line as (
    {{ with_customer('rated_line', 'customer_source_id', 'return_date') }}
),

product_line as (
    {{ with_product('customer_line', 'return_date') }}
),

warehouse_line as (
    {{ with_warehouse('product_line') }}
),

fct_return_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as return_line_key,
        {{ reference_key('invoice_line_source_id') }} as invoice_line_key,
        customer_key,
        customer_version_key,
        product_key,
        product_version_key,
        warehouse_key,
        company_key,
        source_system,
        source_id,
        return_number,
        line_number,
        ship_to_source_id,
        storage_location_code,
        return_date,
        return_order_date,
        return_reason_code,
        quantity,
        unit_of_measure,
        document_currency,
        company_currency,
        exchange_rate_company,
        exchange_rate_group,
        net_amount_document,
        {{ amount_in('net_amount_document', 'exchange_rate_company') }} as net_amount_company,
        {{ amount_in('net_amount_document', 'exchange_rate_group') }} as net_amount_group
    from warehouse_line
)

select * from fct_return_line
