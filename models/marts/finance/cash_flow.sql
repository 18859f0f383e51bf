{{ config(meta={'made_of': ['journal_line']}) }}

with

company_line as (
    select * from {{ ref('cash_flow_line') }}
),

-- The group adds up its companies in its own calendar.
group_line as (
    select
        cast(null as bigint) as company_key,
        fiscal_calendar_code,
        period_order,
        activity_order,
        activity,
        line_code,
        line_name,
        line_order,
        is_subtotal,
        cast(null as decimal(18, 3)) as amount_company,
        sum(amount_group) as amount_group
    from company_line
    where fiscal_calendar_code = '{{ var("fiscal_calendar") }}'
    group by fiscal_calendar_code, period_order, activity_order, activity, line_code, line_name, line_order, is_subtotal
),

line as (
    select company_line.*
    from company_line
    inner join {{ ref('dim_company') }} as company
        on company_line.company_key = company.company_key and company_line.fiscal_calendar_code = company.fiscal_calendar_code

    union all

    select * from group_line
),

-- Since the year began: flows add up, the cash at the start is that of the year's first day.
summed as (
    select
        line.*,
        period.fiscal_year,
        period.fiscal_period,
        period.period_start_date,
        period.period_end_date,
        case line.line_code
            when 'opening_cash' then first_value(line.amount_company) over year_so_far
            when 'closing_cash' then line.amount_company
            else sum(line.amount_company) over year_so_far
        end as year_to_date_company,
        case line.line_code
            when 'opening_cash' then first_value(line.amount_group) over year_so_far
            when 'closing_cash' then line.amount_group
            else sum(line.amount_group) over year_so_far
        end as year_to_date_group
    from line
    inner join {{ ref('book_period') }} as period
        on line.fiscal_calendar_code = period.fiscal_calendar_code and line.period_order = period.period_order
    window year_so_far as (
        partition by line.company_key, period.fiscal_year, line.activity, line.line_code order by line.period_order
    )
),

cash_flow as (
    select
        summed.company_key,
        coalesce(company.company_code, case when summed.company_key is null then 'group' end) as company_code,
        coalesce(company.company_name, case when summed.company_key is null then 'Group' end) as company_name,
        summed.fiscal_calendar_code,
        summed.fiscal_year,
        summed.fiscal_period,
        summed.period_start_date,
        summed.period_end_date,
        summed.activity_order,
        summed.activity,
        summed.line_order,
        summed.line_code,
        summed.line_name,
        summed.is_subtotal,
        company.company_currency,
        cast(summed.amount_company as decimal(18, 2)) as amount_company,
        cast(summed.year_to_date_company as decimal(18, 2)) as year_to_date_amount_company,
        cast(summed.amount_group as decimal(18, 2)) as amount_group,
        cast(summed.year_to_date_group as decimal(18, 2)) as year_to_date_amount_group
    from summed
    left join {{ ref('dim_company') }} as company on summed.company_key = company.company_key
)

select * from cash_flow
