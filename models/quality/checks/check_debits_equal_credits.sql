{{ config(materialized='view') }}

with

period as (
    select
        company.company_code,
        period.fiscal_year,
        period.fiscal_period,
        period.debit_amount_company,
        period.credit_amount_company,
        period.debit_amount_group,
        period.credit_amount_group
    from {{ ref('ledger_period') }} as period
    inner join {{ ref('dim_company') }} as company on period.company_key = company.company_key
),

entry as (
    select
        company.company_code,
        entry.fiscal_year,
        entry.fiscal_period,
        {{ entry_name('company.company_code', 'entry.document_number', 'entry.fiscal_year') }} as entry_name,
        entry.amount_company <> 0 as is_company_unbalanced,
        entry.amount_group <> 0 as is_group_unbalanced
    from {{ ref('unbalanced_entry') }} as entry
    inner join {{ ref('dim_company') }} as company on entry.company_key = company.company_key
),

of_company as (
    select
        company_code,
        fiscal_year,
        fiscal_period,
        {{ list_text('entry_name', 'is_company_unbalanced') }} as documents
    from entry
    group by company_code, fiscal_year, fiscal_period
),

of_group as (
    select
        fiscal_year,
        fiscal_period,
        {{ list_text('entry_name', 'is_group_unbalanced') }} as documents
    from entry
    group by fiscal_year, fiscal_period
),

-- Each company in its own currency, and all of them in the group's.
check_debits_equal_credits as (
    select
        'debits_equal_credits' as check_name,
        coalesce(period.company_code, 'unknown') as company,
        {{ period_text('period.fiscal_year', 'period.fiscal_period') }} as period,
        cast(sum(period.debit_amount_company) as decimal(18, 2)) as expected,
        cast(sum(period.credit_amount_company) as decimal(18, 2)) as actual,
        max(of_company.documents) as documents
    from period
    left join of_company
        on
            period.company_code is not distinct from of_company.company_code
            and period.fiscal_year = of_company.fiscal_year
            and period.fiscal_period = of_company.fiscal_period
    group by period.company_code, period.fiscal_year, period.fiscal_period

    union all

    select
        'debits_equal_credits' as check_name,
        cast(null as varchar) as company,
        {{ period_text('period.fiscal_year', 'period.fiscal_period') }} as period,
        cast(sum(period.debit_amount_group) as decimal(18, 2)) as expected,
        cast(sum(period.credit_amount_group) as decimal(18, 2)) as actual,
        max(of_group.documents) as documents
    from period
    left join of_group on period.fiscal_year = of_group.fiscal_year and period.fiscal_period = of_group.fiscal_period
    group by period.fiscal_year, period.fiscal_period
)

select * from check_debits_equal_credits
