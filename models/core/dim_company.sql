with

known_company as (
    select
        {{ surrogate_key(["'company'", 'source_system', 'company_code']) }} as company_key,
        source_system,
        company_code,
        coalesce(company_name, company_code) as company_name,
        country_code,
        company_currency
    from {{ ref('company') }}
    where not is_deleted
),

unknown_company as (
    select
        -1 as company_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as company_code,
        'Unknown' as company_name,
        cast(null as varchar) as country_code,
        '{{ var("group_currency") }}' as company_currency
),

dim_company as (
    select * from known_company

    union all

    select * from unknown_company
)

select * from dim_company
