{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'AFKO'), ['AUFNR']) }}
),

production_header as (
    select
        aufnr as source_id,
        {{ unpadded('plnbez') }} as planned_product_number,
        {{ plausible_date('gstrp') }} as planned_start_date,
        {{ plausible_date('gltrp') }} as planned_finish_date,
        {{ plausible_date('gstri') }} as start_date,
        {{ plausible_date('getri') }} as finish_date,
        gamng as planned_quantity,
        igmng as yield_quantity,
        iasmg as scrap_quantity,
        {{ clean_text('gmein') }} as unit_of_measure,
        {{ unpadded(clean_text('stlnr')) }} as bill_of_material_number,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from production_header
