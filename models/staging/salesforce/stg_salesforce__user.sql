{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'User'), ['Id']) }}
),

user_account as (
    select
        id as source_id,
        {{ clean_text('username') }} as user_name,
        {{ clean_text('firstname') }} as given_name,
        {{ clean_text('lastname') }} as family_name,
        {{ clean_text('email') }} as email,
        {{ clean_text('title') }} as title,
        {{ clean_text('department') }} as department,
        {{ salesforce_id('userroleid') }} as role_source_id,
        {{ salesforce_id('managerid') }} as manager_source_id,
        nullif(trim(leading '0' from {{ clean_text('employeenumber') }}), '') as employee_number,
        coalesce(isactive, false) as is_active,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from user_account
