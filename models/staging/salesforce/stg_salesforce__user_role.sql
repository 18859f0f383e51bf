{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'UserRole'), ['Id']) }}
),

user_role as (
    select
        id as source_id,
        {{ clean_text('name') }} as role_name,
        {{ salesforce_id('parentroleid') }} as parent_role_source_id,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from user_role
