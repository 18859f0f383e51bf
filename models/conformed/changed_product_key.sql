{#- The star as it was before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'dim_product') -%}

{{ config(materialized='table') }}

with

{%- if before %}

changed_product_key as (
    select distinct
        before.source_system,
        before.product_number,
        build.after_batch_id + 1 as _batch_id
    from {{ before }} as before
    cross join {{ source('control', 'build') }} as build
    left join {{ ref('product') }} as product
        on before.source_system = product.source_system and before.source_id = product.source_id
    where before.product_key <> -1 and before.product_number is distinct from product.product_number
)
{%- else %}

changed_product_key as (
    select
        source_system,
        product_number,
        _batch_id
    from {{ ref('product') }}
    where false
)
{%- endif %}

select * from changed_product_key
