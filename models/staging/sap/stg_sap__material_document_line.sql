{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MATDOC'), ['MBLNR', 'MJAHR', 'ZEILE']) }}
),

-- What leaves is on the credit side (SHKZG H), and negative here.
material_document_line as (
    select
        concat_ws('/', mblnr, mjahr, zeile) as source_id,
        trim(leading '0' from mblnr) as document_number,
        mjahr as fiscal_year,
        trim(leading '0' from zeile) as line_number,
        {{ plausible_date('budat') }} as posting_date,
        bwart as movement_type_code,
        {{ unpadded('matnr') }} as product_number,
        werks as warehouse_code,
        {{ clean_text('lgort') }} as storage_location_code,
        {{ clean_text('umwrk') }} as other_warehouse_code,
        {{ clean_text('bukrs') }} as company_code,
        cast(coalesce(stock_qty, case shkzg when 'H' then -menge else menge end) as decimal(18, 3)) as quantity,
        {{ clean_text('meins') }} as unit_of_measure,
        cast(case shkzg when 'H' then -dmbtr else dmbtr end as decimal(18, 2)) as stored_amount,
        waers as document_currency,
        {{ clean_text('kunnr') }} as ship_to_source_id,
        {{ clean_text('lifnr') }} as supplier_source_id,
        {{ line_reference('vbeln_im', 'vbelp_im') }} as delivery_line_source_id,
        {{ line_reference('ebeln', 'ebelp') }} as purchase_order_line_source_id,
        {{ clean_text('aufnr') }} as production_order_source_id,
        {{ unpadded(clean_text('smbln')) }} as reversed_document_number,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from material_document_line
