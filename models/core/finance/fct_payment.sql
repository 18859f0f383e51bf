{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'payment_key', ref('changed_payment')) }}",
    meta={'made_of': ['payment']},
) }}

with

payment as (
    {{ rows_to_make('payment', 'changed_payment') }}
),

customer_payment as (
    {{ with_customer('payment', 'customer_source_id', 'payment_date') }}
),

fct_payment as (
    select
        {{ surrogate_key(['payment.source_system', 'payment.source_id']) }} as payment_key,
        payment.customer_key,
        payment.customer_version_key,
        {{ supplier_key('payment.source_system', 'payment.supplier_source_id') }} as supplier_key,
        coalesce(company.company_key, -1) as company_key,
        payment.source_system,
        payment.source_id,
        payment.supplier_source_id,
        case payment.partner_type when 'customer' then 'receipt' else 'payment' end as direction,
        payment.partner_type,
        payment.fiscal_year,
        payment.document_number,
        payment.document_type,
        payment.payment_date,
        payment.document_currency,
        coalesce(company.company_currency, '{{ var("group_currency") }}') as company_currency,
        payment.amount_document,
        payment.amount_company,
        payment.amount_group,
        payment.discount_amount_document,
        payment.discount_amount_company,
        payment.discount_amount_group,
        payment.exchange_gain_company,
        payment.exchange_gain_group
    from customer_payment as payment
    left join {{ ref('dim_company') }} as company
        on payment.source_system = company.source_system and payment.company_code = company.company_code
)

select * from fct_payment
