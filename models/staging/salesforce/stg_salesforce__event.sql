{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Event'), ['Id']) }}
),

event as (
    select
        id as source_id,
        {{ clean_text('subject') }} as subject,
        case when coalesce({{ clean_text('type') }}, 'Meeting') = 'Call' then 'call' else 'meeting' end as interaction_type,
        startdatetime as starts_at,
        case when enddatetime >= startdatetime then enddatetime end as ends_at,
        {{ salesforce_id('whoid') }} as who_source_id,
        {{ salesforce_id('whatid') }} as what_source_id,
        {{ salesforce_id('ownerid') }} as owner_source_id,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from event
