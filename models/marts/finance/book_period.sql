{{ config(meta={'made_of': ['journal_line']}) }}

with

calendar_period as (
    select
        calendar_code as fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        min(fiscal_period_start) as period_start_date,
        max(fiscal_period_end) as period_end_date,
        max(fiscal_year_end) as fiscal_year_end
    from {{ ref('dim_fiscal_date') }}
    group by calendar_code, fiscal_year, fiscal_period
),

fiscal_year as (
    select
        fiscal_calendar_code,
        fiscal_year,
        max(fiscal_year_end) as last_day
    from calendar_period
    group by fiscal_calendar_code, fiscal_year
),

posted_period as (
    select distinct
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period
    from {{ ref('account_movement_month') }}
),

-- Years times a hundred plus periods follow each other as the periods do.
first_posted as (
    select
        fiscal_calendar_code,
        min(fiscal_year * 100 + fiscal_period) as period_order
    from posted_period
    group by fiscal_calendar_code
),

passed_period as (
    select
        calendar_period.fiscal_calendar_code,
        calendar_period.fiscal_year,
        calendar_period.fiscal_period
    from calendar_period
    inner join first_posted
        on
            calendar_period.fiscal_calendar_code = first_posted.fiscal_calendar_code
            and calendar_period.fiscal_year * 100 + calendar_period.fiscal_period >= first_posted.period_order
    inner join {{ ref('as_of') }} as as_of on calendar_period.period_start_date <= as_of.as_of_date
),

-- Special periods, which belong to closing, are there when something was posted to them.
period as (
    select * from passed_period

    union

    select * from posted_period
),

book_period as (
    select
        period.fiscal_calendar_code,
        period.fiscal_year,
        period.fiscal_period,
        cast(period.fiscal_year * 100 + period.fiscal_period as integer) as period_order,
        calendar_period.fiscal_period is null as is_special,
        coalesce(calendar_period.period_start_date, fiscal_year.last_day) as period_start_date,
        coalesce(calendar_period.period_end_date, fiscal_year.last_day) as period_end_date
    from period
    left join calendar_period
        on
            period.fiscal_calendar_code = calendar_period.fiscal_calendar_code
            and period.fiscal_year = calendar_period.fiscal_year
            and period.fiscal_period = calendar_period.fiscal_period
    left join fiscal_year
        on period.fiscal_calendar_code = fiscal_year.fiscal_calendar_code and period.fiscal_year = fiscal_year.fiscal_year
)

select * from book_period
