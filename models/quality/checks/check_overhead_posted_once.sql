{{ config(materialized='view') }}

with

-- Entries with a cost that no other document of the ERP explains: they were entered by hand, and refer to themselves.
cost_entry as (
    select distinct
        line.company_key,
        line.fiscal_year,
        line.document_number
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    where
        line.source_document_number = line.document_number
        and account.section = 'Operating expenses'
        and line.amount_company > 0
),

line as (
    select
        line.company_key,
        line.fiscal_year,
        line.document_number,
        line.amount_company,
        account.account_number || ' ' || cast(line.cost_center_key as varchar) || ' ' || cast(line.supplier_key as varchar) || ' '
        || line.document_currency || ' ' || cast(line.amount_document as varchar) as posting
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    inner join cost_entry
        on
            line.company_key = cost_entry.company_key
            and line.fiscal_year = cost_entry.fiscal_year
            and line.document_number = cost_entry.document_number
),

entry as (
    select
        line.company_key,
        line.fiscal_year,
        line.document_number,
        entry.fiscal_period,
        entry.posting_date,
        entry.reference_number,
        sum(greatest(-line.amount_company, 0)) as amount_company,
        {{ list_text('line.posting') }} as postings
    from line
    inner join {{ ref('fct_journal_entry') }} as entry
        on
            line.company_key = entry.company_key
            and line.fiscal_year = entry.fiscal_year
            and line.document_number = entry.document_number
    where entry.reference_number is not null and not entry.has_reversal
    group by
        line.company_key, line.fiscal_year, line.document_number, entry.fiscal_period, entry.posting_date, entry.reference_number
),

-- The same reference with the same amounts to the same accounts, a short time after the other: what is due every month comes later.
told as (
    select
        *,
        {{ days_after(
            'posting_date',
            'lag(posting_date) over (partition by company_key, reference_number, postings order by posting_date, fiscal_year, document_number)'
        ) }} <= {{ var('double_posting_days') }} as came_again
    from entry
),

check_overhead_posted_once as (
    select
        'overhead_posted_once' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ period_text('told.fiscal_year', 'told.fiscal_period') }} as period,
        cast(coalesce(sum(told.amount_company) filter (where told.came_again is not true), 0) as decimal(18, 2)) as expected,
        cast(sum(told.amount_company) as decimal(18, 2)) as actual,
        {{ list_text(entry_name('company.company_code', 'told.document_number', 'told.fiscal_year'), 'told.came_again') }} as documents
    from told
    inner join {{ ref('dim_company') }} as company on told.company_key = company.company_key
    group by company.company_code, told.fiscal_year, told.fiscal_period
)

select * from check_overhead_posted_once
