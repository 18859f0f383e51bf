{#- The star as it was before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'dim_customer') -%}

{{ config(materialized='table', meta={'is_stamped': true}) }}

with

{%- if before %}

version_before as (
    select * from {{ before }}
    where customer_key <> -1
),

compared_version as (
    select
        coalesce(version.customer_key, version_before.customer_key) as customer_key,
        version.valid_from,
        version.valid_to,
        version_before.valid_from as valid_from_before,
        version_before.valid_to as valid_to_before
    from {{ ref('customer_version') }} as version
    full join version_before on version.customer_version_key = version_before.customer_version_key
),

-- A version that came or went says all its days; one that stayed, the days that it took from its neighbours or gave them.
changed_day as (
    select
        customer_key,
        coalesce(valid_from, valid_from_before) as valid_from,
        coalesce(valid_to, valid_to_before) as valid_to
    from compared_version
    where valid_from is null or valid_from_before is null
    {%- for end in ['valid_from', 'valid_to'] %}

    union

    select
        customer_key,
        least({{ end }}, {{ end }}_before) as valid_from,
        greatest({{ end }}, {{ end }}_before) as valid_to
    from compared_version
    where {{ end }} <> {{ end }}_before
    {%- endfor %}
),

changed_customer_version as (
    select
        identity.source_system,
        identity.source_id,
        changed_day.valid_from,
        changed_day.valid_to,
        build.after_batch_id + 1 as _batch_id
    from changed_day
    inner join {{ ref('customer_identity') }} as identity on changed_day.customer_key = identity.customer_key
    cross join {{ source('control', 'build') }} as build
)
{%- else %}

changed_customer_version as (
    select
        identity.source_system,
        identity.source_id,
        version.valid_from,
        version.valid_to,
        cast(null as integer) as _batch_id
    from {{ ref('customer_identity') }} as identity
    inner join {{ ref('customer_version') }} as version on identity.customer_key = version.customer_key
    where false
)
{%- endif %}

select * from changed_customer_version
