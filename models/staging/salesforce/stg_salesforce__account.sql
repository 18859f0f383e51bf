{{ config(materialized='view') }}

with

last_known as (
    {{ last_known(ref('stg_salesforce__account_version')) }}
),

-- An account that lost a merge names the winner when it is deleted, which is the last that is heard of it.
merged as (
    select
        source_id,
        max(merged_into_source_id) as merged_into_source_id
    from {{ ref('stg_salesforce__account_version') }}
    group by source_id
),

account as (
    select
        last_known.source_id,
        merged.merged_into_source_id,
        last_known.customer_name,
        last_known.given_name,
        last_known.family_name,
        last_known.is_person,
        last_known.email,
        last_known.phone,
        last_known.website,
        last_known.tax_id,
        last_known.industry,
        last_known.street,
        last_known.city,
        last_known.postcode,
        last_known.country_code,
        last_known.birth_date,
        last_known.created_date,
        last_known.is_deleted,
        last_known._batch_id
    from last_known
    left join merged on last_known.source_id = merged.source_id
)

select * from account
