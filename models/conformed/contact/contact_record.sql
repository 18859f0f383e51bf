{{ config(
    materialized='incremental',
    unique_key=['source_system', 'source_id'],
    meta={'made_of': ['contact']},
) }}

with

version as (
    select * from {{ ref('contact_version') }}
    {%- if is_incremental() %}
    where
        (source_system, source_id) in (
            select
                news.source_system,
                news.source_id
            from {{ ref('contact_version') }} as news
            where news._batch_id > (select build.after_batch_id from {{ source('control', 'build') }} as build)
        )
    {%- endif %}
),

-- What was last said of a contact; a deletion may say nothing but the key.
last_said as (
    {{ latest_by('version', ['source_system', 'source_id'], ['is_deleted', '_batch_id desc', '_row_number desc']) }}
),

last_version as (
    {{ latest_by('version', ['source_system', 'source_id'], ['_batch_id desc', '_row_number desc']) }}
),

-- A system that keeps no history cannot tell when a record was first seen: its records count as seen before all others.
whole as (
    select
        source_system,
        source_id,
        max(merged_into_source_id) filter (where is_deleted) as merged_into_source_id,
        min(case when _row_number is null then 0 else _batch_id end) as first_batch_id
    from version
    group by source_system, source_id
),

contact_record as (
    select
        last_said.source_system,
        last_said.source_id,
        concat_ws('/', last_said.source_system, 'contact', last_said.source_id) as record_id,
        last_said.account_source_id,
        case when last_version.is_deleted then whole.merged_into_source_id end as merged_into_source_id,
        last_said.given_name,
        last_said.family_name,
        last_said.email,
        last_said.phone,
        last_said.title,
        last_said.department,
        last_said.has_opted_out_of_email,
        last_said.created_at,
        last_said.modified_at,
        last_version.is_deleted,
        whole.first_batch_id,
        last_version._batch_id
    from last_said
    inner join last_version
        on last_said.source_system = last_version.source_system and last_said.source_id = last_version.source_id
    inner join whole on last_said.source_system = whole.source_system and last_said.source_id = whole.source_id
)

select * from contact_record
