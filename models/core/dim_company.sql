with

known_company as (
    select
        {{ surrogate_key(["'company'", 'company.source_system', 'company.company_code']) }} as company_key,
        company.source_system,
        company.company_code,
        coalesce(company.company_name, company.company_code) as company_name,
        company.country_code,
        company.company_currency,
        coalesce(calendar.calendar_code, '{{ var("fiscal_calendar") }}') as fiscal_calendar_code,
        company.fiscal_calendar_code is null or calendar.calendar_code is not null as is_fiscal_calendar_known
    from {{ ref('company') }} as company
    left join {{ ref('fiscal_calendar') }} as calendar on company.fiscal_calendar_code = calendar.calendar_code
    where not company.is_deleted
),

unknown_company as (
    select
        -1 as company_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as company_code,
        'Unknown' as company_name,
        cast(null as varchar) as country_code,
        '{{ var("group_currency") }}' as company_currency,
        '{{ var("fiscal_calendar") }}' as fiscal_calendar_code,
        true as is_fiscal_calendar_known
),

dim_company as (
    select * from known_company

    union all

    select * from unknown_company
)

select * from dim_company
