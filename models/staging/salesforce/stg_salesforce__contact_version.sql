{{ config(incremental_strategy='append') }}

with

version as (
    select * from {{ source('raw_salesforce', 'Contact') }}
),

contact_version as (
    select
        id as source_id,
        {{ salesforce_id('accountid') }} as account_source_id,
        {{ salesforce_id('masterrecordid') }} as merged_into_source_id,
        {{ clean_text('firstname') }} as given_name,
        {{ clean_text('lastname') }} as family_name,
        {{ clean_text('email') }} as email,
        coalesce({{ clean_text('phone') }}, {{ clean_text('mobilephone') }}) as phone,
        {{ clean_text('title') }} as title,
        {{ clean_text('department') }} as department,
        coalesce(hasoptedoutofemail, false) as has_opted_out_of_email,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id,
        _row_number
    from version
)

select * from contact_version
