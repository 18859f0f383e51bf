{{ config(meta={'made_of': ['journal_line']}) }}

with

company as (
    select
        company_key,
        fiscal_calendar_code
    from {{ ref('dim_company') }}
),

-- In the company's own calendar: the period that was posted to, closing included.
posted as (
    select
        company_key,
        account_key,
        cost_center_key,
        fiscal_year,
        fiscal_period,
        sum(greatest(amount_company, 0)) as debit_company,
        sum(greatest(-amount_company, 0)) as credit_company,
        sum(greatest(amount_group, 0)) as debit_group,
        sum(greatest(-amount_group, 0)) as credit_group,
        count(*) as journal_lines
    from {{ ref('fct_journal_line') }}
    group by company_key, account_key, cost_center_key, fiscal_year, fiscal_period
),

-- A company with another calendar has a second place, in the group's: the period of the day of posting.
posted_elsewhere as (
    select
        line.company_key,
        line.account_key,
        line.cost_center_key,
        line.posting_date,
        sum(greatest(line.amount_company, 0)) as debit_company,
        sum(greatest(-line.amount_company, 0)) as credit_company,
        sum(greatest(line.amount_group, 0)) as debit_group,
        sum(greatest(-line.amount_group, 0)) as credit_group,
        count(*) as journal_lines
    from {{ ref('fct_journal_line') }} as line
    inner join company on line.company_key = company.company_key and company.fiscal_calendar_code <> '{{ var("fiscal_calendar") }}'
    group by line.company_key, line.account_key, line.cost_center_key, line.posting_date
),

movement as (
    select
        posted.*,
        company.fiscal_calendar_code
    from posted
    inner join company on posted.company_key = company.company_key

    union all

    select
        posted_elsewhere.company_key,
        posted_elsewhere.account_key,
        posted_elsewhere.cost_center_key,
        calendar.fiscal_year,
        calendar.fiscal_period,
        posted_elsewhere.debit_company,
        posted_elsewhere.credit_company,
        posted_elsewhere.debit_group,
        posted_elsewhere.credit_group,
        posted_elsewhere.journal_lines,
        calendar.fiscal_calendar_code
    from posted_elsewhere
    inner join {{ ref('dim_date') }} as calendar on posted_elsewhere.posting_date = calendar.calendar_date
),

account_movement_month as (
    select
        company_key,
        account_key,
        cost_center_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        cast(sum(debit_company) as decimal(18, 3)) as debit_amount_company,
        cast(sum(credit_company) as decimal(18, 3)) as credit_amount_company,
        cast(sum(debit_group) as decimal(18, 3)) as debit_amount_group,
        cast(sum(credit_group) as decimal(18, 3)) as credit_amount_group,
        cast(sum(journal_lines) as bigint) as journal_lines
    from movement
    group by company_key, account_key, cost_center_key, fiscal_calendar_code, fiscal_year, fiscal_period
)

select * from account_movement_month
