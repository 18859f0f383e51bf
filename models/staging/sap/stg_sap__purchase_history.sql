{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'EKBE'), ['EBELN', 'EBELP', 'VGABE', 'GJAHR', 'BELNR', 'BUZEI']) }}
),

-- What takes back an earlier entry is on the credit side (SHKZG H), and negative here.
purchase_history as (
    select
        concat_ws('/', ebeln, ebelp, vgabe, gjahr, belnr, buzei) as source_id,
        vgabe as transaction_type,
        ebeln as purchase_source_id,
        concat_ws('/', ebeln, ebelp) as purchase_item_source_id,
        trim(leading '0' from belnr) as document_number,
        gjahr as fiscal_year,
        trim(leading '0' from buzei) as line_number,
        concat_ws('/', belnr, gjahr, lpad(buzei, 6, '0')) as material_line_source_id,
        {{ clean_text('bwart') }} as movement_type_code,
        {{ plausible_date('budat') }} as posting_date,
        {{ clean_text('xblnr') }} as supplier_reference,
        cast(case shkzg when 'H' then -menge else menge end as decimal(18, 3)) as quantity,
        cast(case shkzg when 'H' then -wrbtr else wrbtr end as decimal(18, 2)) as stored_amount_document,
        cast(case shkzg when 'H' then -dmbtr else dmbtr end as decimal(18, 2)) as stored_amount_company,
        waers as document_currency,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from purchase_history
