{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'stock_movement_key', ref('changed_stock_movement')) }}",
    meta={'made_of': ['stock_movement']},
) }}

with

line as (
    {{ rows_to_make('stock_movement', 'changed_stock_movement') }}
),

rated_line as (
    {{ with_rates('line', 'posting_date') }}
),

supplier_line as (
    {{ with_supplier('rated_line') }}
),

product_line as (
    {{ with_product('supplier_line', 'posting_date') }}
),

warehouse_line as (
    {{ with_warehouse('product_line') }}
),

fct_stock_movement as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as stock_movement_key,
        {{ surrogate_key(['source_system', 'product_number', 'warehouse_code']) }} as stock_place_key,
        {{ reference_key('delivery_line_source_id') }} as delivery_line_key,
        {{ reference_key('purchase_order_line_source_id') }} as purchase_order_line_key,
        {{ reference_key('production_order_source_id') }} as production_order_key,
        supplier_key,
        product_key,
        product_version_key,
        warehouse_key,
        company_key,
        source_system,
        source_id,
        document_number,
        fiscal_year,
        line_number,
        posting_date,
        movement_type_code,
        movement_kind,
        product_number,
        warehouse_code,
        storage_location_code,
        other_warehouse_code,
        reversed_document_number,
        is_reversal,
        quantity,
        unit_of_measure,
        document_currency,
        company_currency,
        exchange_rate_company,
        exchange_rate_group,
        {{ amount_in('stock_value_document', 'exchange_rate_company') }} as stock_value_company,
        {{ amount_in('stock_value_document', 'exchange_rate_group') }} as stock_value_group
    from warehouse_line
)

select * from fct_stock_movement
