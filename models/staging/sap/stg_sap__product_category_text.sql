{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'T023T'), ['MATKL', 'SPRAS']) }}
),

product_category_text as (
    select
        concat_ws('/', matkl, spras) as source_id,
        matkl as category_code,
        spras as sap_language,
        {{ clean_text('wgbez') }} as category_name,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from product_category_text
