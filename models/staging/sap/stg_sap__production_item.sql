{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'AFPO'), ['AUFNR', 'POSNR']) }}
),

production_item as (
    select
        concat_ws('/', aufnr, posnr) as source_id,
        aufnr as production_order_source_id,
        trim(leading '0' from posnr) as line_number,
        {{ unpadded('matnr') }} as product_number,
        {{ clean_text('pwerk') }} as warehouse_code,
        psmng as quantity,
        psamg as planned_scrap_quantity,
        wemng as received_quantity,
        {{ plausible_date('ltrmi') }} as receipt_date,
        coalesce(elikz, '') = 'X' as is_completed,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from production_item
