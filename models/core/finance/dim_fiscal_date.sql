with

bounds as (
    select
        date '{{ var("first_calendar_day") }}' as first_day,
        date '{{ var("last_calendar_day") }}' as last_day
),

calendar_day as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

dated as (
    select day as calendar_date
    from calendar_day
),

calendar as (
    select * from {{ ref('fiscal_calendar') }}
),

dim_fiscal_date as (
    {{ fiscal_dates('dated', 'calendar') }}
)

select * from dim_fiscal_date
