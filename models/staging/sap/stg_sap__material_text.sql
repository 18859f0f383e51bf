{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MAKT'), ['MATNR', 'SPRAS']) }}
),

material_text as (
    select
        concat_ws('/', matnr, spras) as source_id,
        matnr as material_source_id,
        spras as sap_language,
        {{ clean_text('maktx') }} as product_name,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from material_text
