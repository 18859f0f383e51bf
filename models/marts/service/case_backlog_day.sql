{{ config(meta={'made_of': ['case']}) }}

with

change as (
    select
        coalesce(service_case.priority, 'Unknown') as priority,
        cast(period.started_at as date) as change_date,
        count(*) filter (where period.is_opening) as opened,
        count(*) filter (where period.is_reopening) as reopened,
        count(*) filter (where period.is_closing) as closed
    from {{ ref('case_status_period') }} as period
    inner join {{ ref('fct_case') }} as service_case on period.case_key = service_case.case_key
    group by coalesce(service_case.priority, 'Unknown'), cast(period.started_at as date)
),

priority as (
    select
        change.priority,
        min(change.change_date) as first_day,
        greatest(max(change.change_date), max(as_of.as_of_date)) as last_day
    from change
    cross join {{ ref('as_of') }} as as_of
    group by change.priority
),

bounds as (
    select
        min(first_day) as first_day,
        max(last_day) as last_day
    from priority
),

calendar as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

day_change as (
    select
        calendar.day as backlog_date,
        priority.priority,
        coalesce(change.opened, 0) as opened_cases,
        coalesce(change.reopened, 0) as reopened_cases,
        coalesce(change.closed, 0) as closed_cases
    from calendar
    cross join priority
    left join change on calendar.day = change.change_date and priority.priority = change.priority
),

case_backlog_day as (
    select
        backlog_date,
        priority,
        cast(
            coalesce(
                sum(opened_cases + reopened_cases - closed_cases) over (
                    partition by priority order by backlog_date rows between unbounded preceding and 1 preceding
                ), 0
            ) as bigint
        ) as opening_backlog,
        opened_cases,
        reopened_cases,
        closed_cases,
        cast(sum(opened_cases + reopened_cases - closed_cases) over (partition by priority order by backlog_date) as bigint)
            as closing_backlog
    from day_change
)

select * from case_backlog_day
