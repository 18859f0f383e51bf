{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Task'), ['Id']) }}
),

task as (
    select
        id as source_id,
        {{ clean_text('subject') }} as subject,
        case {{ clean_text('type') }}
            when 'Call' then 'call'
            when 'Email' then 'mail'
            when 'Meeting' then 'meeting'
            else 'other'
        end as interaction_type,
        {{ clean_text('status') }} as interaction_status,
        {{ clean_text('priority') }} as priority,
        activitydate as due_date,
        {{ salesforce_id('whoid') }} as who_source_id,
        {{ salesforce_id('whatid') }} as what_source_id,
        {{ salesforce_id('ownerid') }} as owner_source_id,
        coalesce(isclosed, false) as is_done,
        completeddatetime as completed_at,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from task
