{{ config(materialized='view') }}

with

trial_balance as (
    select
        balance.company_key,
        company.company_code,
        company.company_name,
        company.company_currency,
        balance.account_key,
        account.account_number,
        account.account_name,
        account.statement,
        account.section,
        account.line_code,
        account.line_name,
        balance.fiscal_calendar_code,
        balance.fiscal_year,
        balance.fiscal_period,
        balance.period_start_date,
        balance.period_end_date,
        balance.opening_amount_company,
        balance.debit_amount_company,
        balance.credit_amount_company,
        balance.closing_amount_company,
        balance.opening_amount_group,
        balance.debit_amount_group,
        balance.credit_amount_group,
        balance.closing_amount_group
    from {{ ref('account_balance_month') }} as balance
    inner join {{ ref('dim_company') }} as company
        on balance.company_key = company.company_key and balance.fiscal_calendar_code = company.fiscal_calendar_code
    inner join {{ ref('dim_account') }} as account on balance.account_key = account.account_key
)

select * from trial_balance
