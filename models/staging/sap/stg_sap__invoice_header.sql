{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'VBRK'), ['VBELN']) }}
),

invoice_header as (
    select
        vbeln as source_id,
        {{ clean_text('vbtyp') }} as document_category,
        {{ clean_text('bukrs') }} as company_code,
        {{ clean_text('kunag') }} as customer_source_id,
        {{ clean_text('kunrg') }} as payer_source_id,
        {{ plausible_date('fkdat') }} as invoice_date,
        waerk as document_currency,
        {{ clean_text('zterm') }} as payment_terms_code,
        coalesce(fksto, '') = 'X' as is_cancelled,
        {{ clean_text('sfakn') }} as cancelled_invoice_source_id,
        case when trim(belnr) != '' then concat_ws('/', bukrs, gjahr, belnr) end as journal_entry_source_id,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from invoice_header
