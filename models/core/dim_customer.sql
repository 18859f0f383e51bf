with

golden_customer as (
    select * from {{ ref('golden_customer') }}
),

country as (
    select * from {{ ref('countries') }}
),

known_customer as (
    select
        golden_customer.customer_key,
        {{ surrogate_key(["'customer_version'", 'golden_customer.customer_key']) }} as customer_version_key,
        golden_customer.customer_number,
        coalesce(golden_customer.customer_name, golden_customer.customer_number, 'Unnamed') as customer_name,
        golden_customer.given_name,
        golden_customer.family_name,
        golden_customer.is_person,
        golden_customer.email,
        golden_customer.phone,
        golden_customer.website,
        golden_customer.tax_id,
        golden_customer.industry,
        golden_customer.street,
        golden_customer.city,
        golden_customer.postcode,
        golden_customer.country_code,
        coalesce(country.country_name, 'Unknown') as country_name,
        golden_customer.gender,
        golden_customer.marital_status,
        golden_customer.birth_date,
        golden_customer.created_date,
        golden_customer.crm_system,
        golden_customer.crm_source_id,
        golden_customer.erp_system,
        golden_customer.erp_source_id,
        golden_customer.source_records,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        true as is_current
    from golden_customer
    left join country on golden_customer.country_code = country.country_code
),

unknown_customer as (
    select
        -1 as customer_key,
        -1 as customer_version_key,
        cast(null as varchar) as customer_number,
        'Unknown' as customer_name,
        cast(null as varchar) as given_name,
        cast(null as varchar) as family_name,
        false as is_person,
        cast(null as varchar) as email,
        cast(null as varchar) as phone,
        cast(null as varchar) as website,
        cast(null as varchar) as tax_id,
        cast(null as varchar) as industry,
        cast(null as varchar) as street,
        cast(null as varchar) as city,
        cast(null as varchar) as postcode,
        cast(null as varchar) as country_code,
        'Unknown' as country_name,
        cast(null as varchar) as gender,
        cast(null as varchar) as marital_status,
        cast(null as date) as birth_date,
        cast(null as date) as created_date,
        cast(null as varchar) as crm_system,
        cast(null as varchar) as crm_source_id,
        cast(null as varchar) as erp_system,
        cast(null as varchar) as erp_source_id,
        0 as source_records,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        true as is_current
),

dim_customer as (
    select * from known_customer

    union all

    select * from unknown_customer
)

select * from dim_customer
