{{ config(materialized='view') }}

with

first_response_month as (
    select
        cast(date_trunc('month', opened_date) as date) as opened_month,
        coalesce(opening_priority, 'Unknown') as opening_priority,
        count(*) as cases,
        count(answered_at) as answered_cases,
        count(*) filter (where response_state = 'met') as met_cases,
        count(*) filter (where response_state = 'breached') as breached_cases,
        avg(first_response_minutes) filter (where answered_at is not null) as average_response_minutes,
        cast(percentile_cont(0.5) within group (order by case when answered_at is not null then first_response_minutes end) as double)
            as median_response_minutes,
        cast(percentile_cont(0.9) within group (order by case when answered_at is not null then first_response_minutes end) as double)
            as slowest_tenth_response_minutes,
        cast(count(*) filter (where response_state = 'met') as double)
        / nullif(count(*) filter (where response_state in ('met', 'breached')), 0) as response_met_rate,
        avg(resolution_minutes) filter (where is_closed) as average_resolution_minutes,
        cast(count(*) filter (where resolution_state = 'met') as double)
        / nullif(count(*) filter (where resolution_state in ('met', 'breached')), 0) as resolution_met_rate
    from {{ ref('case_sla') }}
    group by opened_month, coalesce(opening_priority, 'Unknown')
)

select * from first_response_month
