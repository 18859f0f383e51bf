{{ config(meta={'made_of': ['customer_site']}) }}

with

-- A customer may name a site in several sales organisations.
site_of_customer as (
    select distinct
        source_system,
        customer_source_id,
        site_source_id
    from {{ ref('customer_site') }}
    where partner_role = 'ship_to' and not is_deleted
),

customer as (
    select * from {{ ref('customer_key') }}
),

site as (
    select * from {{ ref('business_partner') }}
    where not is_deleted
),

bridge_customer_site as (
    select
        {{ surrogate_key([
            'site_of_customer.source_system', 'site_of_customer.customer_source_id', 'site_of_customer.site_source_id'
        ]) }} as customer_site_key,
        coalesce(customer.customer_key, -1) as customer_key,
        site_of_customer.source_system,
        site_of_customer.customer_source_id,
        site_of_customer.site_source_id as ship_to_source_id,
        site.customer_name as site_name,
        site.street,
        site.postcode,
        site.city,
        site.country_code,
        site_of_customer.customer_source_id = site_of_customer.site_source_id as is_own_address,
        cast(1 as double) / count(*) over (
            partition by site_of_customer.source_system, site_of_customer.customer_source_id
        ) as weight
    from site_of_customer
    left join customer
        on
            site_of_customer.source_system = customer.source_system
            and site_of_customer.customer_source_id = customer.source_id
    left join site
        on
            site_of_customer.source_system = site.source_system
            and site_of_customer.site_source_id = site.source_id
)

select * from bridge_customer_site
