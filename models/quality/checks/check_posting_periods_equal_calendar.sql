{{ config(materialized='view') }}

with

company as (
    select * from {{ ref('dim_company') }}
),

posted as (
    select
        company_key,
        fiscal_year,
        fiscal_period,
        posting_date,
        sum(greatest(amount_company, 0)) as debits
    from {{ ref('fct_journal_line') }}
    group by company_key, fiscal_year, fiscal_period, posting_date
),

-- Closing is posted to the special periods behind the last of the year, with a day of that one.
judged as (
    select
        posted.*,
        company.company_code,
        coalesce(
            posted.fiscal_year = calendar.fiscal_year
            and (
                posted.fiscal_period = calendar.fiscal_period
                or (posted.fiscal_period > calendar.fiscal_period and calendar.fiscal_period_end = calendar.fiscal_year_end)
            ),
            false
        ) as is_agreed
    from posted
    inner join company on posted.company_key = company.company_key
    left join {{ ref('dim_fiscal_date') }} as calendar
        on company.fiscal_calendar_code = calendar.calendar_code and posted.posting_date = calendar.calendar_date
),

elsewhere as (
    select
        judged.company_key,
        judged.fiscal_year,
        judged.fiscal_period,
        {{ list_text(entry_name('judged.company_code', 'line.document_number', 'line.fiscal_year')) }} as documents
    from judged
    inner join {{ ref('fct_journal_line') }} as line
        on
            judged.company_key = line.company_key
            and judged.fiscal_year = line.fiscal_year
            and judged.fiscal_period = line.fiscal_period
            and judged.posting_date = line.posting_date
    where not judged.is_agreed
    group by judged.company_key, judged.fiscal_year, judged.fiscal_period
),

period as (
    select
        company_key,
        company_code,
        fiscal_year,
        fiscal_period,
        sum(debits) as debits,
        coalesce(sum(debits) filter (where is_agreed), 0) as agreed_debits
    from judged
    group by company_key, company_code, fiscal_year, fiscal_period
),

check_posting_periods_equal_calendar as (
    select
        'posting_periods_equal_calendar' as check_name,
        coalesce(period.company_code, 'unknown') as company,
        {{ period_text('period.fiscal_year', 'period.fiscal_period') }} as period,
        cast(period.debits as decimal(18, 2)) as expected,
        cast(period.agreed_debits as decimal(18, 2)) as actual,
        elsewhere.documents
    from period
    left join elsewhere
        on
            period.company_key = elsewhere.company_key
            and period.fiscal_year = elsewhere.fiscal_year
            and period.fiscal_period = elsewhere.fiscal_period
)

select * from check_posting_periods_equal_calendar
