{{ config(meta={'made_of': ['case']}) }}

with

service_case as (
    select * from {{ ref('fct_case') }}
),

status_event as (
    select
        service_case.case_key,
        greatest(event.changed_at, service_case.opened_at) as changed_at,
        event.old_value,
        event.new_value,
        event.new_value like 'Closed%' as is_closed,
        row_number() over (
            partition by service_case.case_key order by event.changed_at, event.source_id
        ) as event_number
    from {{ ref('case_event') }} as event
    inner join service_case
        on event.source_system = service_case.source_system and event.case_source_id = service_case.source_id
    where not event.is_deleted and event.field_name = 'status' and event.new_value is not null
),

history as (
    select
        case_key,
        max(old_value) filter (where event_number = 1) as first_status,
        max(event_number) filter (where not is_closed) as last_open_number,
        max(changed_at) filter (where not is_closed) as last_open_at,
        max(changed_at) as last_changed_at
    from status_event
    group by case_key
),

-- The case says whether it is closed, and its history how it came to that: closings that no reopening follows are the case's own.
step as (
    select
        service_case.case_key,
        0 as step_number,
        service_case.opened_at as started_at,
        case
            when history.first_status like 'Closed%' or {{ is_waiting_status('history.first_status') }} then 'New'
            else coalesce(history.first_status, case when not service_case.is_closed then service_case.case_status end, 'New')
        end as case_status,
        false as is_closed
    from service_case
    left join history on service_case.case_key = history.case_key

    union all

    select
        event.case_key,
        event.event_number as step_number,
        event.changed_at as started_at,
        event.new_value as case_status,
        event.is_closed
    from status_event as event
    inner join history on event.case_key = history.case_key and event.event_number <= history.last_open_number

    union all

    select
        service_case.case_key,
        coalesce(history.last_open_number, 0) + 1 as step_number,
        greatest(
            coalesce(service_case.closed_at, history.last_changed_at, service_case.opened_at),
            coalesce(history.last_open_at, service_case.opened_at),
            service_case.opened_at
        ) as started_at,
        service_case.case_status,
        true as is_closed
    from service_case
    left join history on service_case.case_key = history.case_key
    where service_case.is_closed
),

period as (
    select
        step.case_key,
        step.step_number,
        step.started_at,
        lead(step.started_at) over (partition by step.case_key order by step.step_number) as ended_at,
        step.case_status,
        step.is_closed,
        lag(step.is_closed) over (partition by step.case_key order by step.step_number) as was_closed
    from step
),

-- What still lasts is counted to the end of the day that the warehouse speaks of.
counted_period as (
    select
        period.*,
        coalesce(period.ended_at, greatest(cast(as_of.as_of_date + 1 as timestamp), period.started_at)) as counted_to
    from period
    cross join {{ ref('as_of') }} as as_of
),

timed_period as (
    {{ with_business_time('counted_period', ['started_at', 'counted_to']) }}
),

case_status_period as (
    select
        case_key,
        cast(row_number() over (partition by case_key order by step_number) as integer) as period_number,
        started_at,
        ended_at,
        case_status,
        is_closed,
        {{ is_waiting_status('case_status') }} as is_waiting,
        step_number = 0 as is_opening,
        is_closed and not was_closed as is_closing,
        not is_closed and coalesce(was_closed, false) as is_reopening,
        counted_to_business_seconds - started_at_business_seconds as business_seconds
    from timed_period
)

select * from case_status_period
