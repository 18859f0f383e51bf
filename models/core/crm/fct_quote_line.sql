{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'quote_line_key', ref('changed_quote_line')) }}",
    meta={'made_of': ['quote_line']},
) }}

with

line as (
    select
        *,
        cast(null as varchar) as company_code
    from (
        {{ rows_to_make('quote_line', 'changed_quote_line') }}
    ) as living_line
),

rated_line as (
    {{ with_rates('line', 'quote_date') }}
),

customer_line as (
    {{ with_customer('rated_line', 'account_source_id', 'quote_date') }}
),

owned_line as (
    {{ with_employee('customer_line', 'owner_source_id', 'quote_date') }}
),

known_line as (
    {{ with_product_system('owned_line') }}
),

product_line as (
    {{ with_product('known_line', 'quote_date', system='product_system') }}
),

fct_quote_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as quote_line_key,
        {{ key_or_unknown(['source_system', 'opportunity_source_id']) }} as opportunity_key,
        customer_key,
        customer_version_key,
        product_key,
        product_version_key,
        employee_key,
        employee_version_key,
        company_key,
        source_system,
        source_id,
        quote_number,
        quote_status,
        quote_date,
        expiration_date,
        quantity,
        list_price_document,
        discount_rate,
        document_currency,
        exchange_rate_group,
        net_amount_document,
        {{ amount_in('net_amount_document', 'exchange_rate_group') }} as net_amount_group
    from product_line
)

select * from fct_quote_line
