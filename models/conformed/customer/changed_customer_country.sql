{#- The star as it was before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'dim_customer') -%}

{{ config(materialized='table') }}

with

{%- if before %}

changed_customer_country as (
    select
        version_before.customer_version_key,
        build.after_batch_id + 1 as _batch_id
    from {{ before }} as version_before
    left join {{ ref('customer_version') }} as version on version_before.customer_version_key = version.customer_version_key
    cross join {{ source('control', 'build') }} as build
    where
        version_before.customer_version_key <> -1
        and (
            version.customer_version_key is null
            or version.country_code is distinct from version_before.country_code
        )
)
{%- else %}

changed_customer_country as (
    select
        customer_version_key,
        cast(null as integer) as _batch_id
    from {{ ref('customer_version') }}
    where false
)
{%- endif %}

select * from changed_customer_country
