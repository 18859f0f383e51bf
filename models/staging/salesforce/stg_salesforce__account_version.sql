{{ config(incremental_strategy='append') }}

with

version as (
    select * from {{ source('raw_salesforce', 'Account') }}
),

account_version as (
    select
        id as source_id,
        masterrecordid as merged_into_source_id,
        parentid as parent_source_id,
        {{ clean_text('name') }} as customer_name,
        {{ clean_text('firstname') }} as given_name,
        {{ clean_text('lastname') }} as family_name,
        coalesce(ispersonaccount, false) as is_person,
        {{ clean_text('personemail') }} as email,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('website') }} as website,
        {{ clean_text('vat_number__c') }} as tax_id,
        {{ clean_text('industry') }} as industry,
        {{ clean_text('billingstreet') }} as street,
        {{ clean_text('billingcity') }} as city,
        {{ clean_text('billingpostalcode') }} as postcode,
        {{ clean_text('billingcountrycode') }} as country_code,
        personbirthdate as birth_date,
        cast(createddate as date) as created_date,
        cast(coalesce(systemmodstamp, _extracted_at) as date) as version_date,
        _op = 'delete' as is_deleted,
        _batch_id,
        _row_number
    from version
)

select * from account_version
