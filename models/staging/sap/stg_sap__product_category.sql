{{ config(materialized='view') }}

with

category as (
    select
        category_code,
        coalesce(
            max(category_name) filter (where sap_language = 'E' and not is_deleted),
            max(category_name) filter (where sap_language = 'D' and not is_deleted)
        ) as category_name,
        bool_and(is_deleted) as is_deleted,
        max(_batch_id) as _batch_id
    from {{ ref('stg_sap__product_category_text') }}
    group by category_code
),

-- Material groups have one level: the category is its own subcategory.
product_category as (
    select
        category_code as source_id,
        category_code,
        category_name,
        category_name as subcategory_name,
        is_deleted,
        _batch_id
    from category
)

select * from product_category
