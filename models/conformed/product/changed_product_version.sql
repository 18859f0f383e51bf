{{ config(materialized='table', meta={'made_of': ['product'], 'is_stamped': true}) }}

with

changed_product_version as (
    {{ changed_days('dim_product', 'product_history', ['source_system', 'product_number']) }}
)

select * from changed_product_version
