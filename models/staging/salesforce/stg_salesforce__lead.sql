{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Lead'), ['Id']) }}
),

lead as (
    select
        id as source_id,
        {{ clean_text('firstname') }} as given_name,
        {{ clean_text('lastname') }} as family_name,
        {{ clean_text('company') }} as company_name,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('city') }} as city,
        {{ clean_text('postalcode') }} as postcode,
        {{ clean_text('countrycode') }} as country_code,
        {{ clean_text('industry') }} as industry,
        {{ clean_text('leadsource') }} as lead_source,
        {{ clean_text('rating') }} as rating,
        {{ clean_text('status') }} as lead_status,
        coalesce(isconverted, false) as is_converted,
        converteddate as converted_date,
        {{ salesforce_id('convertedaccountid') }} as converted_account_source_id,
        {{ salesforce_id('convertedcontactid') }} as converted_contact_source_id,
        {{ salesforce_id('convertedopportunityid') }} as converted_opportunity_source_id,
        {{ salesforce_id('ownerid') }} as owner_source_id,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from lead
