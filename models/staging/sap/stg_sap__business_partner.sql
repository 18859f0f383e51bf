{{ config(materialized='view') }}

with

last_known as (
    {{ last_known(ref('stg_sap__business_partner_version')) }}
),

business_partner as (
    select
        source_id,
        customer_reference,
        customer_name,
        is_person,
        is_site,
        phone,
        email,
        tax_id,
        street,
        city,
        postcode,
        country_code,
        created_date,
        is_deleted,
        greatest(_batch_id, email_batch_id) as _batch_id
    from last_known
)

select * from business_partner
