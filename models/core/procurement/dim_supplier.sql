with

supplier as (
    select * from {{ ref('supplier') }}
    where not is_deleted
),

country as (
    select * from {{ ref('countries') }}
),

known_supplier as (
    select
        {{ surrogate_key(["'supplier'", 'supplier.source_system', 'supplier.source_id']) }} as supplier_key,
        supplier.source_system,
        supplier.source_id,
        supplier.supplier_number,
        coalesce(supplier.supplier_name, supplier.supplier_number) as supplier_name,
        supplier.city,
        supplier.postcode,
        supplier.country_code,
        coalesce(country.country_name, 'Unknown') as country_name,
        supplier.tax_id,
        supplier.account_group,
        coalesce(supplier.is_blocked, false) as is_blocked
    from supplier
    left join country on supplier.country_code = country.country_code
),

unknown_supplier as (
    select
        -1 as supplier_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as source_id,
        cast(null as varchar) as supplier_number,
        'Unknown' as supplier_name,
        cast(null as varchar) as city,
        cast(null as varchar) as postcode,
        cast(null as varchar) as country_code,
        'Unknown' as country_name,
        cast(null as varchar) as tax_id,
        cast(null as varchar) as account_group,
        false as is_blocked
),

dim_supplier as (
    select * from known_supplier

    union all

    select * from unknown_supplier
)

select * from dim_supplier
