{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'VBAK'), ['VBELN']) }}
),

read as (
    select
        *,
        {{ date_from_digits('audat') }} as written_date,
        {{ date_from_digits('erdat') }} as entry_date
    from latest
),

-- A year that nobody can mean is no date.
judged as (
    select
        *,
        case when written_date between date '1990-01-01' and date '2100-12-31' then written_date end as written_order_date
    from read
),

order_header as (
    select
        vbeln as source_id,
        vbtyp as document_category,
        bukrs_vf as company_code,
        kunnr as customer_source_id,
        coalesce(written_order_date, entry_date) as order_date,
        written_order_date is null as is_order_date_estimated,
        {{ date_from_digits('vdatu') }} as due_date,
        waerk as document_currency,
        {{ clean_text('augru') }} as order_reason_code,
        {{ clean_text('ihrez') }} as quote_number,
        _op = 'delete' as is_deleted,
        _batch_id
    from judged
)

select * from order_header
