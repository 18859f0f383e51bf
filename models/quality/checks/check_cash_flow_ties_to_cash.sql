{{ config(materialized='view') }}

with

cash_account as (
    select
        account.account_key,
        account.account_number
    from {{ ref('dim_account') }} as account
    inner join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    where role.cash_flow_activity = 'cash'
),

ledger as (
    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        sum(line.amount_company) as change,
        {{ list_text('cash_account.account_number') }} as accounts
    from {{ ref('fct_journal_line') }} as line
    inner join cash_account on line.account_key = cash_account.account_key
    group by line.company_key, line.fiscal_year, line.fiscal_period
),

flow as (
    select
        company_key,
        company_code,
        fiscal_year,
        fiscal_period,
        sum(amount_company) filter (where line_code = 'change_of_cash') as change,
        sum(case line_code when 'opening_cash' then -amount_company when 'closing_cash' then amount_company end) as change_of_balances
    from {{ ref('cash_flow') }}
    where company_key is not null
    group by company_key, company_code, fiscal_year, fiscal_period
),

-- The flows have to be the change of the balances too.
check_cash_flow_ties_to_cash as (
    select
        'cash_flow_ties_to_cash' as check_name,
        coalesce(flow.company_code, 'unknown') as company,
        {{ period_text('flow.fiscal_year', 'flow.fiscal_period') }} as period,
        cast(coalesce(ledger.change, 0) as decimal(18, 2)) as expected,
        cast(
            case when flow.change_of_balances = coalesce(ledger.change, 0) then flow.change else flow.change_of_balances end
            as decimal(18, 2)
        ) as actual,
        case
            when flow.change <> coalesce(ledger.change, 0) or flow.change_of_balances <> coalesce(ledger.change, 0)
                then coalesce(ledger.accounts, 'no account of cash')
        end as documents
    from flow
    left join ledger
        on
            flow.company_key = ledger.company_key
            and flow.fiscal_year = ledger.fiscal_year
            and flow.fiscal_period = ledger.fiscal_period
)

select * from check_cash_flow_ties_to_cash
