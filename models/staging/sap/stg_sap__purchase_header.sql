{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'EKKO'), ['EBELN']) }}
),

purchase_header as (
    select
        ebeln as source_id,
        {{ clean_text('bstyp') }} as document_category,
        {{ clean_text('bukrs') }} as company_code,
        {{ clean_text('lifnr') }} as supplier_source_id,
        {{ plausible_date('bedat') }} as order_date,
        waers as document_currency,
        {{ clean_text('zterm') }} as payment_terms_code,
        {{ clean_text('loekz') }} is not null as is_cancelled,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from purchase_header
