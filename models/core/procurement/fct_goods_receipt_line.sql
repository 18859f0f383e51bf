{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'goods_receipt_line_key', ref('changed_goods_receipt_line')) }}",
    meta={'made_of': ['goods_receipt_line']},
) }}

with

line as (
    {{ rows_to_make('goods_receipt_line', 'changed_goods_receipt_line') }}
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

fct_goods_receipt_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as goods_receipt_line_key,
        {{ reference_key('purchase_order_line_source_id') }} as purchase_order_line_key,
        {{ reference_key('stock_movement_source_id') }} as stock_movement_key,
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
        movement_type_code,
        posting_date,
        quantity,
        unit_of_measure,
        document_currency,
        company_currency,
        exchange_rate_company,
        exchange_rate_group,
        net_amount_document,
        case
            when company_key = -1 then {{ amount_in('net_amount_document', 'exchange_rate_company') }}
            else net_amount_company
        end as net_amount_company,
        {{ amount_in('net_amount_document', 'exchange_rate_group') }} as net_amount_group,
        is_reversal
    from warehouse_line
)

select * from fct_goods_receipt_line
