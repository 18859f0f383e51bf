with

dim_date as (
    select
        calendar_date,
        cast(extract(year from calendar_date) as integer) as calendar_year,
        cast(extract(quarter from calendar_date) as integer) as calendar_quarter,
        cast(extract(month from calendar_date) as integer) as calendar_month,
        cast(date_trunc('month', calendar_date) as date) as month_start,
        cast(extract(isoyear from calendar_date) as integer) as iso_year,
        cast(extract(week from calendar_date) as integer) as iso_week,
        cast(extract(day from calendar_date) as integer) as day_of_month,
        cast({{ iso_weekday('calendar_date') }} as integer) as weekday,
        {{ iso_weekday('calendar_date') }} >= 6 as is_weekend,
        calendar_code as fiscal_calendar_code,
        fiscal_year,
        fiscal_quarter,
        fiscal_period,
        fiscal_week,
        fiscal_period_start,
        fiscal_period_end,
        fiscal_year_start,
        fiscal_year_end
    from {{ ref('dim_fiscal_date') }}
    where calendar_code = '{{ var("fiscal_calendar") }}'
)

select * from dim_date
