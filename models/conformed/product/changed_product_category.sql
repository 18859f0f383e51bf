{{ config(materialized='table', meta={'made_of': ['product']}) }}

with

changed_product_category as (
    {{ moved_versions('dim_product', 'product_history', 'category_code') }}
)

select * from changed_product_category
