with

calendar as (
    select * from {{ ref('dim_date') }}
),

holiday as (
    select * from {{ ref('public_holidays') }}
),

day as (
    select
        calendar.calendar_date,
        not calendar.is_weekend and holiday.holiday_name is null as is_business_day
    from calendar
    left join holiday
        on
            calendar.calendar_month = holiday.holiday_month
            and calendar.day_of_month = holiday.holiday_day
),

dim_business_day as (
    select
        calendar_date,
        is_business_day,
        min(case when is_business_day then calendar_date end) over (
            order by calendar_date rows between current row and unbounded following
        ) as business_date
    from day
)

select * from dim_business_day
