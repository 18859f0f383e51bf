{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_erp', 'PX_CAT_G1V2'), ['ID']) }}
),

product_category as (
    select
        id as source_id,
        id as category_code,
        {{ clean_text('cat') }} as category_name,
        {{ clean_text('subcat') }} as subcategory_name,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from product_category
