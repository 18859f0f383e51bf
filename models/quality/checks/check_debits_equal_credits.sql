{{ config(materialized='view') }}

with

entry as (
    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        line.document_number,
        company.company_code,
        sum(greatest(line.amount_company, 0)) as debit_company,
        sum(greatest(-line.amount_company, 0)) as credit_company,
        sum(greatest(line.amount_group, 0)) as debit_group,
        sum(greatest(-line.amount_group, 0)) as credit_group
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_company') }} as company on line.company_key = company.company_key
    group by line.company_key, line.fiscal_year, line.fiscal_period, line.document_number, company.company_code
),

-- Each company in its own currency, and all of them in the group's.
check_debits_equal_credits as (
    select
        'debits_equal_credits' as check_name,
        coalesce(company_code, 'unknown') as company,
        {{ period_text('fiscal_year', 'fiscal_period') }} as period,
        cast(sum(debit_company) as decimal(18, 2)) as expected,
        cast(sum(credit_company) as decimal(18, 2)) as actual,
        {{ list_text(
            'case when debit_company <> credit_company then ' ~ entry_name('company_code', 'document_number', 'fiscal_year') ~ ' end'
        ) }} as documents
    from entry
    group by company_code, fiscal_year, fiscal_period

    union all

    select
        'debits_equal_credits' as check_name,
        cast(null as varchar) as company,
        {{ period_text('fiscal_year', 'fiscal_period') }} as period,
        cast(sum(debit_group) as decimal(18, 2)) as expected,
        cast(sum(credit_group) as decimal(18, 2)) as actual,
        {{ list_text(
            'case when debit_group <> credit_group then ' ~ entry_name('company_code', 'document_number', 'fiscal_year') ~ ' end'
        ) }} as documents
    from entry
    group by fiscal_year, fiscal_period
)

select * from check_debits_equal_credits
