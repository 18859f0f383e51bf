{{ config(meta={'made_of': ['journal_line']}) }}

with

-- The result is what counts here: income is positive, costs are negative.
company_line as (
    select
        balance.company_key,
        balance.fiscal_calendar_code,
        balance.fiscal_year,
        balance.fiscal_period,
        balance.period_start_date,
        balance.period_end_date,
        account.section,
        account.line_code,
        account.line_name,
        account.line_order,
        sum(balance.credit_amount_company - balance.debit_amount_company) as amount_company,
        sum(-balance.closing_amount_company) as year_to_date_company,
        sum(balance.credit_amount_group - balance.debit_amount_group) as amount_group,
        sum(-balance.closing_amount_group) as year_to_date_group
    from {{ ref('account_balance_month') }} as balance
    inner join {{ ref('dim_account') }} as account on balance.account_key = account.account_key
    where not balance.is_balance_sheet
    group by
        balance.company_key, balance.fiscal_calendar_code, balance.fiscal_year, balance.fiscal_period, balance.period_start_date,
        balance.period_end_date, account.section, account.line_code, account.line_name, account.line_order
),

-- The group adds up its companies in its own calendar and currency; there is no sum of amounts in different currencies.
group_line as (
    select
        cast(null as bigint) as company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        period_start_date,
        period_end_date,
        section,
        line_code,
        line_name,
        line_order,
        cast(null as decimal(38, 3)) as amount_company,
        cast(null as decimal(38, 3)) as year_to_date_company,
        sum(amount_group) as amount_group,
        sum(year_to_date_group) as year_to_date_group
    from company_line
    where fiscal_calendar_code = '{{ var("fiscal_calendar") }}'
    group by
        fiscal_calendar_code, fiscal_year, fiscal_period, period_start_date, period_end_date, section, line_code, line_name, line_order
),

line as (
    select company_line.*
    from company_line
    inner join {{ ref('dim_company') }} as company
        on company_line.company_key = company.company_key and company_line.fiscal_calendar_code = company.fiscal_calendar_code

    union all

    select * from group_line
),

subtotal as (
    select
        line.company_key,
        line.fiscal_calendar_code,
        line.fiscal_year,
        line.fiscal_period,
        line.period_start_date,
        line.period_end_date,
        subtotal.line_name as section,
        subtotal.line_code,
        subtotal.line_name,
        subtotal.line_order,
        sum(line.amount_company) as amount_company,
        sum(line.year_to_date_company) as year_to_date_company,
        sum(line.amount_group) as amount_group,
        sum(line.year_to_date_group) as year_to_date_group
    from line
    inner join {{ ref('income_statement_subtotals') }} as subtotal on line.line_order <= subtotal.last_line_order
    group by
        line.company_key, line.fiscal_calendar_code, line.fiscal_year, line.fiscal_period, line.period_start_date, line.period_end_date,
        subtotal.line_code, subtotal.line_name, subtotal.line_order
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
    from subtotal
),

income_statement as (
    select
        every_line.company_key,
        coalesce(company.company_code, case when every_line.company_key is null then 'group' end) as company_code,
        coalesce(company.company_name, case when every_line.company_key is null then 'Group' end) as company_name,
        every_line.fiscal_calendar_code,
        every_line.fiscal_year,
        every_line.fiscal_period,
        every_line.period_start_date,
        every_line.period_end_date,
        every_line.section,
        every_line.line_code,
        every_line.line_name,
        every_line.line_order,
        every_line.is_subtotal,
        company.company_currency,
        cast(every_line.amount_company as decimal(18, 2)) as amount_company,
        cast(every_line.year_to_date_company as decimal(18, 2)) as year_to_date_amount_company,
        cast(last_year.amount_company as decimal(18, 2)) as last_year_amount_company,
        cast(last_year.year_to_date_company as decimal(18, 2)) as last_year_to_date_amount_company,
        cast(every_line.amount_group as decimal(18, 2)) as amount_group,
        cast(every_line.year_to_date_group as decimal(18, 2)) as year_to_date_amount_group,
        cast(last_year.amount_group as decimal(18, 2)) as last_year_amount_group,
        cast(last_year.year_to_date_group as decimal(18, 2)) as last_year_to_date_amount_group
    from every_line
    left join every_line as last_year
        on
            every_line.company_key is not distinct from last_year.company_key
            and every_line.fiscal_year = last_year.fiscal_year + 1
            and every_line.fiscal_period = last_year.fiscal_period
            and every_line.line_code = last_year.line_code
    left join {{ ref('dim_company') }} as company on every_line.company_key = company.company_key
)

select * from income_statement
