{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'payment_allocation_key', ref('changed_payment_allocation')) }}",
    meta={'made_of': ['payment_allocation']},
) }}

with

allocation as (
    {{ rows_to_make('payment_allocation', 'changed_payment_allocation') }}
),

rated_allocation as (
    {{ with_rates('allocation', 'clearing_date') }}
),

customer_allocation as (
    {{ with_customer('rated_allocation', 'customer_source_id', 'clearing_date') }}
),

fct_payment_allocation as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as payment_allocation_key,
        case
            when payment_source_id is null then -1
            else {{ surrogate_key(['source_system', 'payment_source_id']) }}
        end as payment_key,
        case when partner_type = 'customer' then {{ surrogate_key(['source_system', 'item_source_id']) }} end as receivable_item_key,
        case when partner_type = 'supplier' then {{ surrogate_key(['source_system', 'item_source_id']) }} end as payable_item_key,
        customer_key,
        customer_version_key,
        {{ supplier_key() }} as supplier_key,
        company_key,
        source_system,
        source_id,
        item_source_id,
        supplier_source_id,
        partner_type,
        clearing_type,
        clearing_date,
        clearing_document_number,
        clearing_document_type,
        payment_document_number,
        document_currency,
        company_currency,
        exchange_rate_company,
        exchange_rate_group,
        cleared_amount_document,
        paid_amount_document,
        {{ amount_in('paid_amount_document', 'exchange_rate_company') }} as paid_amount_company,
        {{ amount_in('paid_amount_document', 'exchange_rate_group') }} as paid_amount_group,
        discount_amount_document,
        {{ amount_in('discount_amount_document', 'exchange_rate_company') }} as discount_amount_company,
        {{ amount_in('discount_amount_document', 'exchange_rate_group') }} as discount_amount_group,
        residual_amount_document,
        {{ amount_in('residual_amount_document', 'exchange_rate_company') }} as residual_amount_company,
        {{ amount_in('residual_amount_document', 'exchange_rate_group') }} as residual_amount_group
    from customer_allocation
)

select * from fct_payment_allocation
