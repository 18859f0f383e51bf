{{ config(meta={'made_of': ['journal_line']}) }}

with

calendar_period as (
    select
        fiscal_year,
        fiscal_period,
        min(fiscal_period_start) as period_start_date,
        max(fiscal_period_end) as period_end_date,
        max(fiscal_year_end) as fiscal_year_end
    from {{ ref('dim_date') }}
    group by fiscal_year, fiscal_period
),

fiscal_year as (
    select
        fiscal_year,
        max(fiscal_year_end) as last_day
    from calendar_period
    group by fiscal_year
),

posted_period as (
    select distinct
        fiscal_year,
        fiscal_period
    from {{ ref('account_movement_month') }}
),

-- Years times a hundred plus periods follow each other as the periods do.
first_posted as (
    select min(fiscal_year * 100 + fiscal_period) as period_order
    from posted_period
),

passed_period as (
    select
        calendar_period.fiscal_year,
        calendar_period.fiscal_period
    from calendar_period
    cross join first_posted
    cross join {{ ref('as_of') }} as as_of
    where
        calendar_period.fiscal_year * 100 + calendar_period.fiscal_period >= first_posted.period_order
        and calendar_period.period_start_date <= as_of.as_of_date
),

-- Special periods, which belong to closing, are there when something was posted to them.
period as (
    select * from passed_period

    union

    select * from posted_period
),

book_period as (
    select
        period.fiscal_year,
        period.fiscal_period,
        cast(period.fiscal_year * 100 + period.fiscal_period as integer) as period_order,
        calendar_period.fiscal_period is null as is_special,
        coalesce(calendar_period.period_start_date, fiscal_year.last_day) as period_start_date,
        coalesce(calendar_period.period_end_date, fiscal_year.last_day) as period_end_date
    from period
    left join calendar_period
        on period.fiscal_year = calendar_period.fiscal_year and period.fiscal_period = calendar_period.fiscal_period
    left join fiscal_year on period.fiscal_year = fiscal_year.fiscal_year
)

select * from book_period
