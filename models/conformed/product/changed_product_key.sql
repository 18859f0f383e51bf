{#- The star as it was before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'dim_product') -%}

{{ config(materialized='table', meta={'made_of': ['product'], 'is_stamped': true}) }}

with

product as (
    select distinct
        product_key,
        source_system,
        product_number
    from {{ ref('product_history') }}
),

{%- if before %}

product_before as (
    select distinct
        product_key,
        source_system,
        product_number
    from {{ before }}
    where product_key <> -1
),

changed_product_key as (
    select
        coalesce(product.source_system, product_before.source_system) as source_system,
        coalesce(product.product_number, product_before.product_number) as product_number,
        build.after_batch_id + 1 as _batch_id
    from product
    full join product_before on product.product_key = product_before.product_key
    cross join {{ source('control', 'build') }} as build
    where product.product_key is null or product_before.product_key is null
)
{%- else %}

changed_product_key as (
    select
        source_system,
        product_number,
        cast(null as integer) as _batch_id
    from product
    where false
)
{%- endif %}

select * from changed_product_key
