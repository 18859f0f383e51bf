{#- The star as it was before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'dim_product') -%}

{{ config(materialized='table', meta={'made_of': ['product']}) }}

with

{%- if before %}

changed_product_category as (
    select
        version_before.product_version_key,
        build.after_batch_id + 1 as _batch_id
    from {{ before }} as version_before
    left join {{ ref('product_history') }} as version on version_before.product_version_key = version.product_version_key
    cross join {{ source('control', 'build') }} as build
    where
        version_before.product_version_key <> -1
        and (
            version.product_version_key is null
            or version.category_code is distinct from version_before.category_code
        )
)
{%- else %}

changed_product_category as (
    select
        product_version_key,
        cast(null as integer) as _batch_id
    from {{ ref('product_history') }}
    where false
)
{%- endif %}

select * from changed_product_category
