{{ config(materialized='view') }}

with

-- The results of past years come to the accounts of retained earnings together, so these are one.
account as (
    select
        account_key,
        case when line_code = 'retained_earnings' or account_key = -1 then 'retained earnings' else account_number end as account_name,
        line_code = 'retained_earnings' or account_key = -1 as takes_result
    from {{ ref('dim_account') }}
),

balance as (
    select
        balance.company_key,
        account.account_name,
        account.takes_result,
        balance.is_balance_sheet,
        balance.fiscal_year,
        balance.fiscal_period,
        balance.period_order,
        sum(balance.opening_amount_company) as opening,
        sum(balance.closing_amount_company) as closing
    from {{ ref('account_balance_month') }} as balance
    inner join account on balance.account_key = account.account_key
    inner join {{ ref('dim_company') }} as company
        on balance.company_key = company.company_key and balance.fiscal_calendar_code = company.fiscal_calendar_code
    group by
        balance.company_key, account.account_name, account.takes_result, balance.is_balance_sheet, balance.fiscal_year,
        balance.fiscal_period, balance.period_order
),

before as (
    select
        *,
        coalesce(lag(closing) over account_periods, 0) as closing_before,
        coalesce(lag(fiscal_year) over account_periods, 0) <> fiscal_year as opens_year
    from balance
    window account_periods as (partition by company_key, account_name, is_balance_sheet order by period_order)
),

year_end as (
    select
        company_key,
        fiscal_year,
        max(period_order) as period_order
    from balance
    group by company_key, fiscal_year
),

-- What profit and loss comes to at the end of a year.
result as (
    select
        year_end.company_key,
        year_end.fiscal_year,
        sum(balance.closing) as result
    from year_end
    inner join balance
        on year_end.company_key = balance.company_key and year_end.period_order = balance.period_order and not balance.is_balance_sheet
    group by year_end.company_key, year_end.fiscal_year
),

expected_opening as (
    select
        before.company_key,
        before.account_name,
        before.fiscal_year,
        before.fiscal_period,
        before.opening,
        case
            when not before.is_balance_sheet and before.opens_year then 0
            when before.takes_result and before.opens_year then before.closing_before + coalesce(result.result, 0)
            else before.closing_before
        end as expected
    from before
    left join result on before.company_key = result.company_key and before.fiscal_year = result.fiscal_year + 1
),

-- Differences of accounts add up without hiding each other.
check_trial_balance_rolls_forward as (
    select
        'trial_balance_rolls_forward' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ period_text('expected_opening.fiscal_year', 'expected_opening.fiscal_period') }} as period,
        cast(sum(abs(expected_opening.expected)) as decimal(18, 2)) as expected,
        cast(
            sum(abs(expected_opening.expected)) + sum(abs(expected_opening.opening - expected_opening.expected)) as decimal(18, 2)
        ) as actual,
        {{ list_text('expected_opening.account_name', 'expected_opening.opening <> expected_opening.expected') }} as documents
    from expected_opening
    inner join {{ ref('dim_company') }} as company on expected_opening.company_key = company.company_key
    group by company.company_code, expected_opening.fiscal_year, expected_opening.fiscal_period
)

select * from check_trial_balance_rolls_forward
