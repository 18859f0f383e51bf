{{ config(meta={'made_of': ['journal_line']}) }}

with

-- Until the year is closed its result stands in equity, as a line of its own.
account_line as (
    select
        account_key,
        case when coalesce(is_balance_sheet, true) then section else 'Equity' end as section,
        case when coalesce(is_balance_sheet, true) then line_code else 'result_of_the_year' end as line_code,
        case when coalesce(is_balance_sheet, true) then line_name else 'Result of the year' end as line_name,
        case when coalesce(is_balance_sheet, true) then line_order else {{ var('result_of_the_year_order') }} end as line_order
    from {{ ref('dim_account') }}
),

signed_line as (
    select
        account_line.*,
        coalesce(role.balance_sheet_side, 'unassigned') as side,
        case role.balance_sheet_side when 'equity and liabilities' then -1 else 1 end as sign
    from account_line
    left join {{ ref('statement_line_roles') }} as role on account_line.line_code = role.line_code
),

company_line as (
    select
        balance.company_key,
        balance.fiscal_calendar_code,
        balance.fiscal_year,
        balance.fiscal_period,
        balance.period_end_date,
        line.side,
        line.section,
        line.line_code,
        line.line_name,
        line.line_order,
        sum(line.sign * balance.closing_amount_company) as amount_company,
        sum(line.sign * balance.closing_amount_group) as amount_group
    from {{ ref('account_balance_month') }} as balance
    inner join signed_line as line on balance.account_key = line.account_key
    group by
        balance.company_key, balance.fiscal_calendar_code, balance.fiscal_year, balance.fiscal_period, balance.period_end_date,
        line.side, line.section, line.line_code, line.line_name, line.line_order
),

-- The group adds up its companies in its own calendar.
group_line as (
    select
        cast(null as bigint) as company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        period_end_date,
        side,
        section,
        line_code,
        line_name,
        line_order,
        cast(null as decimal(38, 3)) as amount_company,
        sum(amount_group) as amount_group
    from company_line
    where fiscal_calendar_code = '{{ var("fiscal_calendar") }}'
    group by fiscal_calendar_code, fiscal_year, fiscal_period, period_end_date, side, section, line_code, line_name, line_order
),

line as (
    select company_line.*
    from company_line
    inner join {{ ref('dim_company') }} as company
        on company_line.company_key = company.company_key and company_line.fiscal_calendar_code = company.fiscal_calendar_code

    union all

    select * from group_line
),

-- A total stands behind the lines of its side.
side_total as (
    select
        company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        period_end_date,
        side,
        'Total' as section,
        'total_' || replace(side, ' ', '_') as line_code,
        'Total ' || side as line_name,
        max(line_order) + 1 as line_order,
        sum(amount_company) as amount_company,
        sum(amount_group) as amount_group
    from line
    where side <> 'unassigned'
    group by company_key, fiscal_calendar_code, fiscal_year, fiscal_period, period_end_date, side
),

every_line as (
    select
        *,
        false as is_subtotal
    from line

    union all

    select
        *,
        true as is_subtotal
    from side_total
),

balance_sheet as (
    select
        every_line.company_key,
        coalesce(company.company_code, case when every_line.company_key is null then 'group' end) as company_code,
        coalesce(company.company_name, case when every_line.company_key is null then 'Group' end) as company_name,
        every_line.fiscal_calendar_code,
        every_line.fiscal_year,
        every_line.fiscal_period,
        every_line.period_end_date,
        every_line.side,
        every_line.section,
        every_line.line_code,
        every_line.line_name,
        every_line.line_order,
        every_line.is_subtotal,
        company.company_currency,
        cast(every_line.amount_company as decimal(18, 2)) as balance_amount_company,
        cast(last_year.amount_company as decimal(18, 2)) as last_year_balance_amount_company,
        cast(every_line.amount_group as decimal(18, 2)) as balance_amount_group,
        cast(last_year.amount_group as decimal(18, 2)) as last_year_balance_amount_group
    from every_line
    left join every_line as last_year
        on
            every_line.company_key is not distinct from last_year.company_key
            and every_line.fiscal_year = last_year.fiscal_year + 1
            and every_line.fiscal_period = last_year.fiscal_period
            and every_line.line_code = last_year.line_code
            and every_line.side = last_year.side
    left join {{ ref('dim_company') }} as company on every_line.company_key = company.company_key
)

select * from balance_sheet
