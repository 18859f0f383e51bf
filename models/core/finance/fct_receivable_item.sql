{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'receivable_item_key', ref('changed_receivable_item')) }}",
    meta={'made_of': ['receivable_item']},
) }}

with

item as (
    {{ rows_to_make('receivable_item', 'changed_receivable_item') }}
),

rated_item as (
    {{ with_rates('item', 'posting_date') }}
),

account_item as (
    {{ with_account('rated_item') }}
),

customer_item as (
    {{ with_customer('account_item', 'customer_source_id', 'posting_date') }}
),

fct_receivable_item as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as receivable_item_key,
        customer_key,
        customer_version_key,
        company_key,
        account_key,
        source_system,
        source_id,
        fiscal_year,
        document_number,
        line_number,
        document_type,
        item_type,
        document_date,
        posting_date,
        due_date,
        is_due_date_estimated,
        payment_terms,
        clearing_date,
        clearing_document_number,
        clearing_date is null as is_open,
        cast(clearing_date - due_date as integer) as late_days,
        invoice_document_number,
        invoice_fiscal_year,
        reference_number,
        document_currency,
        company_currency,
        cast(cast(amount_company as double) / nullif(amount_document, 0) as decimal(18, 9)) as exchange_rate_company,
        exchange_rate_group,
        amount_document,
        amount_company,
        {{ amount_in('amount_document', 'exchange_rate_group') }} as amount_group
    from customer_item
)

select * from fct_receivable_item
