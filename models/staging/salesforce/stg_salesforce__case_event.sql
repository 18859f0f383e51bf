{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'CaseHistory'), ['Id']) }}
),

case_event as (
    select
        id as source_id,
        {{ salesforce_id('caseid') }} as case_source_id,
        createddate as changed_at,
        lower({{ clean_text('field') }}) as field_name,
        {{ clean_text('oldvalue') }} as old_value,
        {{ clean_text('newvalue') }} as new_value,
        {{ salesforce_id('createdbyid') }} as changed_by_source_id,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from case_event
