{{ config(materialized='view') }}

with

satisfaction_month as (
    select
        cast(date_trunc('month', resolved_date) as date) as resolved_month,
        coalesce(case_reason, 'Unknown') as case_reason,
        count(*) as resolved_cases,
        count(satisfaction_score) as judged_cases,
        count(*) filter (where satisfaction_score >= {{ var('satisfied_score') }}) as satisfied_cases,
        cast(count(satisfaction_score) as double) / count(*) as judged_rate,
        avg(satisfaction_score) as average_satisfaction_score,
        cast(count(*) filter (where satisfaction_score >= {{ var('satisfied_score') }}) as double)
        / nullif(count(satisfaction_score), 0) as satisfied_rate,
        avg(satisfaction_score) filter (where resolution_state = 'met') as average_score_in_time,
        avg(satisfaction_score) filter (where resolution_state = 'breached') as average_score_late
    from {{ ref('case_sla') }}
    where is_closed
    group by resolved_month, coalesce(case_reason, 'Unknown')
)

select * from satisfaction_month
