{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Contact'), ['Id']) }}
),

-- The loser of a merger is deleted and names its survivor; it still tells which account it belonged to.
contact as (
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
        {{ clean_text('mailingcity') }} as city,
        {{ clean_text('mailingpostalcode') }} as postcode,
        {{ clean_text('mailingcountrycode') }} as country_code,
        {{ clean_text('leadsource') }} as lead_source,
        coalesce(hasoptedoutofemail, false) as has_opted_out_of_email,
        {{ salesforce_id('ownerid') }} as owner_source_id,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from contact
