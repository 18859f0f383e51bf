{#- The star as it was before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'dim_product') -%}

{{ config(materialized='table', meta={'made_of': ['product'], 'is_stamped': true}) }}

with

{%- if before %}

version_before as (
    select * from {{ before }}
    where product_key <> -1
),

-- A version that is new takes days from the one before it, a version that is gone gives them back: its days tell which.
changed_product_version as (
    select
        coalesce(version.source_system, version_before.source_system) as source_system,
        coalesce(version.product_number, version_before.product_number) as product_number,
        coalesce(version.valid_from, version_before.valid_from) as valid_from,
        coalesce(version.valid_to, version_before.valid_to) as valid_to,
        build.after_batch_id + 1 as _batch_id
    from {{ ref('product_history') }} as version
    full join version_before on version.product_version_key = version_before.product_version_key
    cross join {{ source('control', 'build') }} as build
    where version.product_version_key is null or version_before.product_version_key is null
)
{%- else %}

changed_product_version as (
    select
        source_system,
        product_number,
        valid_from,
        valid_to,
        cast(null as integer) as _batch_id
    from {{ ref('product_history') }}
    where false
)
{%- endif %}

select * from changed_product_version
