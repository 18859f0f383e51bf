{{ config(incremental_strategy='append') }}

with

version as (
    select * from {{ source('raw_sap', 'MARA') }}
),

-- SAP pads only numbers made of digits. A material flagged for deletion (LVORM) keeps its sales: it is not gone.
material_version as (
    select
        matnr as source_id,
        {{ unpadded('matnr') }} as product_number,
        {{ clean_text('matkl') }} as category_code,
        {{ clean_text('meins') }} as unit_of_measure,
        coalesce(lvorm, '') = 'X' as is_flagged_for_deletion,
        cast(_extracted_at as date) as version_date,
        _op = 'delete' as is_deleted,
        _batch_id,
        _row_number
    from version
)

select * from material_version
