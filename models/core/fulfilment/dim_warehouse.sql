with

warehouse as (
    select * from {{ ref('warehouse') }}
    where not is_deleted
),

company as (
    select * from {{ ref('dim_company') }}
),

country as (
    select * from {{ ref('countries') }}
),

known_warehouse as (
    select
        {{ surrogate_key(["'warehouse'", 'warehouse.source_system', 'warehouse.warehouse_code']) }} as warehouse_key,
        coalesce(company.company_key, -1) as company_key,
        warehouse.source_system,
        warehouse.warehouse_code,
        coalesce(warehouse.warehouse_name, warehouse.warehouse_code) as warehouse_name,
        warehouse.company_code,
        coalesce(company.company_currency, '{{ var("group_currency") }}') as company_currency,
        warehouse.postcode,
        warehouse.city,
        warehouse.country_code,
        coalesce(country.country_name, 'Unknown') as country_name
    from warehouse
    left join company on warehouse.source_system = company.source_system and warehouse.company_code = company.company_code
    left join country on warehouse.country_code = country.country_code
),

unknown_warehouse as (
    select
        -1 as warehouse_key,
        -1 as company_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as warehouse_code,
        'Unknown' as warehouse_name,
        cast(null as varchar) as company_code,
        '{{ var("group_currency") }}' as company_currency,
        cast(null as varchar) as postcode,
        cast(null as varchar) as city,
        cast(null as varchar) as country_code,
        'Unknown' as country_name
),

dim_warehouse as (
    select * from known_warehouse

    union all

    select * from unknown_warehouse
)

select * from dim_warehouse
