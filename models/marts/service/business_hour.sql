with

shift as (
    select
        day.calendar_date as business_date,
        {{ utc_instant('day.calendar_date', 'hours.opens', 'hours.time_zone') }} as opens_at,
        {{ utc_instant('day.calendar_date', 'hours.closes', 'hours.time_zone') }} as closes_at
    from {{ ref('dim_date') }} as day
    inner join {{ ref('business_hours') }} as hours on day.weekday = hours.weekday
    left join {{ ref('service_holidays') }} as holiday on day.calendar_date = holiday.holiday_date
    where holiday.holiday_date is null
),

timed_shift as (
    select
        *,
        {{ seconds_between('opens_at', 'closes_at') }} as open_seconds
    from shift
),

business_hour as (
    select
        business_date,
        opens_at,
        closes_at,
        coalesce(lead(opens_at) over (order by opens_at), timestamp '9999-12-31 00:00:00') as next_opens_at,
        cast(sum(open_seconds) over (order by opens_at) - open_seconds as bigint) as seconds_before
    from timed_shift
)

select * from business_hour
