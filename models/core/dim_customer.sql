{{ config(materialized='table') }}
-- depends_on: {{ ref('changed_customer_version') }}, {{ ref('changed_customer_country') }}

with

erased_customer as (
    select distinct customer_key from ({{ erased_rows(ref('customer_identity'), 'customer') }}) as identity
),

known_customer as (
    select
        version.customer_key,
        version.customer_version_key,
        golden_customer.customer_number,
        case
            when version.customer_name is null and erased_customer.customer_key is not null
                then concat_ws(
                    ' ', 'Erased customer',
                    coalesce(golden_customer.customer_number, cast(version.customer_key as varchar))
                )
            else coalesce(version.customer_name, golden_customer.customer_number, 'Unnamed')
        end as customer_name,
        version.given_name,
        version.family_name,
        coalesce(version.is_person, false) as is_person,
        version.email,
        version.phone,
        version.website,
        version.tax_id,
        version.industry,
        version.street,
        version.city,
        version.postcode,
        version.country_code,
        coalesce(country.country_name, 'Unknown') as country_name,
        version.gender,
        version.marital_status,
        version.birth_date,
        golden_customer.created_date,
        golden_customer.crm_system,
        golden_customer.crm_source_id,
        golden_customer.erp_system,
        golden_customer.erp_source_id,
        golden_customer.source_records,
        version.valid_from,
        version.valid_to,
        version.is_current
    from {{ ref('customer_version') }} as version
    inner join {{ ref('golden_customer') }} as golden_customer on version.customer_key = golden_customer.customer_key
    left join erased_customer on version.customer_key = erased_customer.customer_key
    left join {{ ref('countries') }} as country on version.country_code = country.country_code
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
