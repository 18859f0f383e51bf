{{ config(incremental_strategy='append') }}

with

version as (
    select * from {{ source('raw_sap', 'MAKT') }}
),

material_text_version as (
    select
        concat_ws('/', matnr, spras) as source_id,
        matnr as material_source_id,
        spras as sap_language,
        {{ clean_text('maktx') }} as product_name,
        cast(_extracted_at as date) as version_date,
        _op = 'delete' as is_deleted,
        _batch_id,
        _row_number
    from version
)

select * from material_text_version
