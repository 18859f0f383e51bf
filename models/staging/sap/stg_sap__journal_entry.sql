{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'BKPF'), ['BUKRS', 'BELNR', 'GJAHR']) }}
),

-- A document that reverses another and the one that it reverses name each other (STBLG).
journal_entry as (
    select
        concat_ws('/', bukrs, gjahr, belnr) as source_id,
        bukrs as company_code,
        gjahr as fiscal_year,
        trim(leading '0' from belnr) as document_number,
        blart as document_type,
        {{ date_from_digits('bldat') }} as document_date,
        {{ date_from_digits('budat') }} as posting_date,
        {{ date_from_digits('cpudt') }} as entry_date,
        cast(monat as integer) as fiscal_period,
        waers as document_currency,
        {{ clean_text('xblnr') }} as reference_number,
        {{ clean_text('bktxt') }} as entry_text,
        awtyp as source_document_type,
        stjah as reversal_fiscal_year,
        trim(leading '0' from {{ clean_text('stblg') }}) as reversal_document_number,
        usnam as entered_by,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from journal_entry
