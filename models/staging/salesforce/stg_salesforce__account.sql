{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Account'), ['Id']) }}
),

numbered as (
    select
        *,
        {{ customer_reference('accountnumber') }} as written_reference
    from latest
),

-- SAP writes a customer number of digits with ten of them; people in the CRM leave the leading zeros out.
account as (
    select
        id as source_id,
        case
            when length(written_reference) <= 10 and translate(written_reference, '0123456789', '') = ''
                then lpad(written_reference, 10, '0')
            else written_reference
        end as customer_reference,
        {{ clean_text('name') }} as customer_name,
        false as is_person,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('website') }} as website,
        {{ clean_text('industry') }} as industry,
        {{ clean_text('billingstreet') }} as street,
        {{ clean_text('billingcity') }} as city,
        {{ clean_text('billingpostalcode') }} as postcode,
        {{ clean_text('billingcountrycode') }} as country_code,
        cast(createddate as date) as created_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from numbered
)

select * from account
