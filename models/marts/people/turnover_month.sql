{{ config(meta={'made_of': ['employment_change']}) }}

with

company_month as (
    select
        employment_month,
        company_key,
        sum(opening_heads) as opening_heads,
        sum(joins) as joins,
        sum(leaves) as leaves,
        sum(closing_heads) as closing_heads
    from {{ ref('headcount_month') }}
    group by employment_month, company_key
),

month as (
    select distinct employment_month from company_month
),

company as (
    select distinct company_key from company_month
),

every_month as (
    select
        month.employment_month,
        company.company_key
    from month
    cross join company
),

voluntary as (
    select
        cast(date_trunc('month', change.change_date) as date) as employment_month,
        coalesce(company.company_key, -1) as company_key,
        count(*) as voluntary_leaves
    from {{ ref('employment_change') }} as change
    inner join {{ ref('leave_reasons') }} as reason on change.reason_code = reason.reason_code and reason.is_voluntary
    left join {{ ref('dim_company') }} as company
        on change.source_system = company.source_system and change.company_code = company.company_code
    where not change.is_deleted and change.change_type = 'leave'
    group by cast(date_trunc('month', change.change_date) as date), coalesce(company.company_key, -1)
),

-- How long those who are there at the end of a month have been: since they joined last.
membership as (
    select
        person.employment_month,
        person.company_key,
        person.source_system,
        person.employee_number,
        {{ days_after('person.month_end', 'max(change.change_date)') }} as tenure_days
    from {{ ref('fct_employment_month') }} as person
    inner join {{ ref('employment_change') }} as change
        on
            person.source_system = change.source_system
            and person.employee_number = change.employee_number
            and person.month_end >= change.change_date
    where person.headcount = 1 and not change.is_deleted and change.change_type in ('join', 'rejoin')
    group by person.employment_month, person.month_end, person.company_key, person.source_system, person.employee_number
),

tenure as (
    select
        employment_month,
        company_key,
        avg(tenure_days) as average_tenure_days
    from membership
    group by employment_month, company_key
),

rolling as (
    select
        every_month.employment_month,
        every_month.company_key,
        coalesce(company_month.opening_heads, 0) as opening_heads,
        coalesce(company_month.joins, 0) as joins,
        coalesce(company_month.leaves, 0) as leaves,
        coalesce(voluntary.voluntary_leaves, 0) as voluntary_leaves,
        coalesce(company_month.closing_heads, 0) as closing_heads,
        sum(coalesce(company_month.leaves, 0)) over last_year as leaves_12_months,
        sum(coalesce(voluntary.voluntary_leaves, 0)) over last_year as voluntary_leaves_12_months,
        avg((coalesce(company_month.opening_heads, 0) + coalesce(company_month.closing_heads, 0)) / 2.0) over last_year
            as average_heads_12_months,
        count(*) over last_year = 12 as has_year
    from every_month
    left join company_month
        on every_month.employment_month = company_month.employment_month and every_month.company_key = company_month.company_key
    left join voluntary
        on every_month.employment_month = voluntary.employment_month and every_month.company_key = voluntary.company_key
    window last_year as (
        partition by every_month.company_key order by every_month.employment_month rows between 11 preceding and current row
    )
),

turnover_month as (
    select
        rolling.employment_month,
        rolling.company_key,
        company.company_code,
        cast(rolling.opening_heads as bigint) as opening_heads,
        cast(rolling.joins as bigint) as joins,
        cast(rolling.leaves as bigint) as leaves,
        cast(rolling.voluntary_leaves as bigint) as voluntary_leaves,
        cast(rolling.closing_heads as bigint) as closing_heads,
        case when rolling.has_year then cast(rolling.leaves_12_months as bigint) end as leaves_12_months,
        case when rolling.has_year then cast(rolling.voluntary_leaves_12_months as bigint) end as voluntary_leaves_12_months,
        case when rolling.has_year then cast(rolling.average_heads_12_months as double) end as average_heads_12_months,
        case when rolling.has_year then rolling.leaves_12_months / nullif(cast(rolling.average_heads_12_months as double), 0) end
            as turnover_rate,
        case when rolling.has_year then rolling.voluntary_leaves_12_months / nullif(cast(rolling.average_heads_12_months as double), 0) end
            as voluntary_turnover_rate,
        tenure.average_tenure_days
    from rolling
    inner join {{ ref('dim_company') }} as company on rolling.company_key = company.company_key
    left join tenure on rolling.employment_month = tenure.employment_month and rolling.company_key = tenure.company_key
)

select * from turnover_month
