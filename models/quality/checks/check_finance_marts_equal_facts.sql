{{ config(materialized='view') }}

with

company as (
    select * from {{ ref('dim_company') }}
),

ledger as (
    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        sum(greatest(line.amount_group, 0)) as debits,
        sum(-line.amount_group) filter (where not account.is_balance_sheet) as result,
        sum(-line.amount_group) filter (where role.working_capital_role = 'revenue') as revenue
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    left join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    group by line.company_key, line.fiscal_year, line.fiscal_period
),

invoice_date as (
    select
        company_key,
        cast(date_trunc('month', invoice_date) as date) as invoice_month,
        sum(net_amount_group) as amount
    from {{ ref('fct_invoice_line') }}
    group by company_key, invoice_date
),

-- Months of invoices are told by the fiscal period in which they end.
period_of_month as (
    select
        calendar_code,
        cast(date_trunc('month', calendar_date) as date) as month_start,
        max_by(fiscal_year, calendar_date) as fiscal_year,
        max_by(fiscal_period, calendar_date) as fiscal_period
    from {{ ref('dim_fiscal_date') }}
    group by calendar_code, month_start
),

figure as (
    select
        'account_balance_month' as mart,
        company_key,
        fiscal_year,
        fiscal_period,
        debits as of_facts,
        0 as of_marts
    from ledger

    union all

    select
        'account_balance_month' as mart,
        balance.company_key,
        balance.fiscal_year,
        balance.fiscal_period,
        0 as of_facts,
        balance.debit_amount_group as of_marts
    from {{ ref('account_balance_month') }} as balance
    inner join company
        on balance.company_key = company.company_key and balance.fiscal_calendar_code = company.fiscal_calendar_code

    union all

    select
        'income_statement' as mart,
        company_key,
        fiscal_year,
        fiscal_period,
        round(coalesce(result, 0), 2) as of_facts,
        0 as of_marts
    from ledger

    union all

    select
        'income_statement' as mart,
        company_key,
        fiscal_year,
        fiscal_period,
        0 as of_facts,
        amount_group as of_marts
    from {{ ref('income_statement') }}
    where line_code = 'net_result' and company_key is not null

    union all

    select
        'margin_month' as mart,
        invoice_date.company_key,
        period.fiscal_year,
        period.fiscal_period,
        invoice_date.amount as of_facts,
        0 as of_marts
    from invoice_date
    inner join company on invoice_date.company_key = company.company_key
    inner join period_of_month as period
        on company.fiscal_calendar_code = period.calendar_code and invoice_date.invoice_month = period.month_start

    union all

    select
        'margin_month' as mart,
        margin.company_key,
        period.fiscal_year,
        period.fiscal_period,
        0 as of_facts,
        margin.revenue_amount_group as of_marts
    from {{ ref('margin_month_key') }} as margin
    inner join company on margin.company_key = company.company_key
    inner join period_of_month as period
        on company.fiscal_calendar_code = period.calendar_code and margin.invoice_month = period.month_start
),

compared as (
    select
        mart,
        company_key,
        fiscal_year,
        fiscal_period,
        sum(of_facts) as of_facts,
        sum(of_marts) as of_marts
    from figure
    group by mart, company_key, fiscal_year, fiscal_period
),

-- Differences of marts add up without hiding each other.
check_finance_marts_equal_facts as (
    select
        'finance_marts_equal_facts' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ period_text('compared.fiscal_year', 'compared.fiscal_period') }} as period,
        cast(sum(abs(compared.of_facts)) as decimal(18, 2)) as expected,
        cast(sum(abs(compared.of_facts)) + sum(abs(compared.of_marts - compared.of_facts)) as decimal(18, 2)) as actual,
        {{ list_text('compared.mart', 'compared.of_marts <> compared.of_facts') }} as documents
    from compared
    inner join company on compared.company_key = company.company_key
    group by company.company_code, compared.fiscal_year, compared.fiscal_period
)

select * from check_finance_marts_equal_facts
