{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'VBAK'), ['VBELN']) }}
),

read as (
    select
        *,
        {{ date_from_digits('audat') }} as written_order_date,
        {{ date_from_digits('erdat') }} as entry_date
    from latest
),

order_header as (
    select
        vbeln as source_id,
        kunnr as customer_source_id,
        coalesce(written_order_date, entry_date) as order_date,
        written_order_date is null as is_order_date_estimated,
        {{ date_from_digits('vdatu') }} as due_date,
        waerk as document_currency,
        _op = 'delete' as is_deleted,
        _batch_id
    from read
)

select * from order_header
