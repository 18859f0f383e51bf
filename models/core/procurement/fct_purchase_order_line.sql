{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'purchase_order_line_key', ref('changed_purchase_order_line')) }}",
    meta={'made_of': ['purchase_order_line']},
) }}

with

line as (
    {{ rows_to_make('purchase_order_line', 'changed_purchase_order_line') }}
),

rated_line as (
    {{ with_rates('line', 'order_date') }}
),

supplier_line as (
    {{ with_supplier('rated_line') }}
),

product_line as (
    {{ with_product('supplier_line', 'order_date') }}
),

warehouse_line as (
    {{ with_warehouse('product_line') }}
),

fct_purchase_order_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as purchase_order_line_key,
        {{ surrogate_key(['source_system', 'purchase_order_number']) }} as purchase_order_key,
        supplier_key,
        product_key,
        product_version_key,
        warehouse_key,
        company_key,
        source_system,
        source_id,
        purchase_order_number,
        line_number,
        payment_terms_code,
        storage_location_code,
        order_date,
        first_promised_date,
        promised_date,
        quantity,
        scheduled_quantity,
        received_quantity,
        cast(
            case when is_delivery_completed then 0 else greatest(quantity - coalesce(received_quantity, 0), 0) end as decimal(18, 3)
        ) as open_quantity,
        unit_of_measure,
        unit_price_document,
        document_currency,
        company_currency,
        exchange_rate_company,
        exchange_rate_group,
        net_amount_document,
        {{ amount_in('net_amount_document', 'exchange_rate_company') }} as net_amount_company,
        {{ amount_in('net_amount_document', 'exchange_rate_group') }} as net_amount_group,
        is_delivery_completed,
        is_invoice_completed,
        is_blocked,
        is_amount_corrected
    from warehouse_line
)

select * from fct_purchase_order_line
