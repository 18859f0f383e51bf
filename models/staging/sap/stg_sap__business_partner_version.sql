{{ config(materialized='view') }}

with

customer_version as (
    select * from {{ ref('stg_sap__customer_master_version') }}
),

-- SAP keeps e-mail addresses apart, several to an address; the first of them counts, in all versions of the customer.
email_address as (
    select
        address_number,
        min(email) filter (where not is_deleted) as email,
        max(_batch_id) as _batch_id
    from {{ ref('stg_sap__email_address') }}
    group by address_number
),

business_partner_version as (
    select
        customer_version.source_id,
        customer_version.customer_reference,
        customer_version.customer_name,
        customer_version.is_person,
        customer_version.is_site,
        customer_version.phone,
        email_address.email,
        customer_version.tax_id,
        customer_version.street,
        customer_version.city,
        customer_version.postcode,
        customer_version.country_code,
        customer_version.created_date,
        customer_version.version_date,
        customer_version.is_deleted,
        customer_version._batch_id,
        customer_version._row_number,
        coalesce(email_address._batch_id, 0) as email_batch_id
    from customer_version
    left join email_address on customer_version.address_number = email_address.address_number
)

select * from business_partner_version
