{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MARD'), ['MATNR', 'WERKS', 'LGORT']) }}
),

-- On hand is what can be used (LABST), what is being inspected (INSME) and what is blocked (SPEME).
stock_in_location as (
    select
        concat_ws('/', matnr, werks, lgort) as source_id,
        matnr as material_source_id,
        werks as warehouse_code,
        lgort as storage_location_code,
        cast(coalesce(labst, 0) + coalesce(insme, 0) + coalesce(speme, 0) as decimal(18, 3)) as quantity,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from stock_in_location
