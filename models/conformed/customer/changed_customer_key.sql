{#- The star as it was before this build: read by name and not by ref, because both tables are built after this one. -#}
{%- set keys_before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'conformed', 'customer_key') -%}
{%- set versions_before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'dim_customer') -%}

{{ config(materialized='table', meta={'is_stamped': true}) }}

with

identity as (
    select
        identity.source_system,
        identity.source_id,
        identity.customer_key
    from {{ ref('customer_identity') }} as identity
    inner join {{ ref('customer_version') }} as version
        on identity.customer_key = version.customer_key and version.is_current
),

{%- if keys_before and versions_before %}

key_before as (
    select * from {{ keys_before }}
),

version_before as (
    select * from {{ versions_before }}
    where customer_key <> -1
),

changed_version as (
    select coalesce(version.customer_key, version_before.customer_key) as customer_key
    from {{ ref('customer_version') }} as version
    full join version_before
        on
            version.customer_version_key = version_before.customer_version_key
            and version.valid_from = version_before.valid_from
            and version.valid_to = version_before.valid_to
    where version.customer_version_key is null or version_before.customer_version_key is null
),

changed_record as (
    select
        coalesce(identity.source_system, key_before.source_system) as source_system,
        coalesce(identity.source_id, key_before.source_id) as source_id
    from identity
    full join key_before
        on identity.source_system = key_before.source_system and identity.source_id = key_before.source_id
    where
        identity.customer_key is distinct from key_before.customer_key
        or identity.customer_key in (select changed_version.customer_key from changed_version)
),
{%- else %}

changed_record as (
    select
        source_system,
        source_id
    from identity
    where false
),
{%- endif %}

changed_customer_key as (
    select
        changed_record.source_system,
        changed_record.source_id,
        build.after_batch_id + 1 as _batch_id
    from changed_record
    cross join {{ source('control', 'build') }} as build
)

select * from changed_customer_key
