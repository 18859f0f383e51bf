{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'invoice_line_key', ref('changed_invoice_line')) }}",
    meta={'made_of': ['invoice_line']},
) }}

with

line as (
    {{ rows_to_make('invoice_line', 'changed_invoice_line') }}
),

rated_line as (
    {{ with_rates('line', 'rate_date') }}
),

customer_line as (
    {{ with_customer('rated_line', 'customer_source_id', 'invoice_date') }}
),

product_line as (
    {{ with_product('customer_line', 'invoice_date') }}
),

warehouse_line as (
    {{ with_warehouse('product_line') }}
),

fct_invoice_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as invoice_line_key,
        {{ surrogate_key(['source_system', 'invoice_number']) }} as invoice_key,
        {{ reference_key('sales_order_line_source_id') }} as sales_order_line_key,
        {{ reference_key('delivery_line_source_id') }} as delivery_line_key,
        customer_key,
        customer_version_key,
        product_key,
        product_version_key,
        warehouse_key,
        company_key,
        source_system,
        source_id,
        invoice_number,
        line_number,
        invoice_type,
        is_cancelled,
        is_cancellation,
        journal_entry_source_id,
        payer_source_id,
        payment_terms_code,
        invoice_date,
        rate_date,
        quantity,
        unit_of_measure,
        document_currency,
        company_currency,
        exchange_rate_company,
        exchange_rate_group,
        net_amount_document,
        {{ amount_in('net_amount_document', 'exchange_rate_company') }} as net_amount_company,
        {{ amount_in('net_amount_document', 'exchange_rate_group') }} as net_amount_group,
        tax_amount_document,
        {{ amount_in('tax_amount_document', 'exchange_rate_company') }} as tax_amount_company,
        {{ amount_in('tax_amount_document', 'exchange_rate_group') }} as tax_amount_group,
        cost_amount_document,
        {{ amount_in('cost_amount_document', 'exchange_rate_company') }} as cost_amount_company,
        {{ amount_in('cost_amount_document', 'exchange_rate_group') }} as cost_amount_group
    from warehouse_line
)

select * from fct_invoice_line
