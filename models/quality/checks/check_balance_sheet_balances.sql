{{ config(materialized='view') }}

with

-- An entry puts the balance sheet out of balance when its lines do, or when nobody knows on which side they stand.
unassigned_account as (
    select account.account_key
    from {{ ref('dim_account') }} as account
    left join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    where coalesce(account.is_balance_sheet, true) and coalesce(role.balance_sheet_side, 'unassigned') = 'unassigned'
),

document as (
    select
        company_key,
        fiscal_year,
        fiscal_period,
        document_number
    from {{ ref('unbalanced_entry') }}
    where amount_company <> 0

    union

    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        line.document_number
    from {{ ref('fct_journal_line') }} as line
    inner join unassigned_account on line.account_key = unassigned_account.account_key
    group by line.company_key, line.fiscal_year, line.fiscal_period, line.document_number
    having sum(line.amount_company) <> 0
),

entry as (
    select
        document.company_key,
        document.fiscal_year * 100 + document.fiscal_period as period_order,
        {{ entry_name('company.company_code', 'document.document_number', 'document.fiscal_year') }} as entry_name
    from document
    inner join {{ ref('dim_company') }} as company on document.company_key = company.company_key
),

side as (
    select
        company_key,
        fiscal_year,
        fiscal_period,
        fiscal_year * 100 + fiscal_period as period_order,
        sum(balance_amount_company) filter (where line_code = 'total_assets') as assets,
        sum(balance_amount_company) filter (where line_code = 'total_equity_and_liabilities') as equity_and_liabilities
    from {{ ref('balance_sheet') }}
    where is_subtotal and company_key is not null
    group by company_key, fiscal_year, fiscal_period
),

check_balance_sheet_balances as (
    select
        'balance_sheet_balances' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ period_text('side.fiscal_year', 'side.fiscal_period') }} as period,
        cast(coalesce(side.assets, 0) as decimal(18, 2)) as expected,
        cast(coalesce(side.equity_and_liabilities, 0) as decimal(18, 2)) as actual,
        case
            when coalesce(side.assets, 0) <> coalesce(side.equity_and_liabilities, 0)
                then {{ list_text('entry.entry_name') }}
        end as documents
    from side
    inner join {{ ref('dim_company') }} as company on side.company_key = company.company_key
    left join entry on side.company_key = entry.company_key and side.period_order >= entry.period_order
    group by company.company_code, side.fiscal_year, side.fiscal_period, side.assets, side.equity_and_liabilities
)

select * from check_balance_sheet_balances
