{#- The star as it was before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'conformed', 'customer_key') -%}

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

{%- if before %}

key_before as (
    select * from {{ before }}
),

changed_record as (
    select
        coalesce(identity.source_system, key_before.source_system) as source_system,
        coalesce(identity.source_id, key_before.source_id) as source_id
    from identity
    full join key_before
        on identity.source_system = key_before.source_system and identity.source_id = key_before.source_id
    where identity.customer_key is distinct from key_before.customer_key
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
