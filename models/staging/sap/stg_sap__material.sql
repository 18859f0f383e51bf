{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MARA'), ['MATNR']) }}
),

-- SAP pads only numbers made of digits. A material flagged for deletion (LVORM) keeps its sales: it is not gone.
material as (
    select
        matnr as source_id,
        case when translate(matnr, '0123456789', '') = '' then trim(leading '0' from matnr) else matnr end as product_number,
        {{ clean_text('matkl') }} as category_code,
        {{ clean_text('meins') }} as unit_of_measure,
        coalesce(lvorm, '') = 'X' as is_flagged_for_deletion,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from material
