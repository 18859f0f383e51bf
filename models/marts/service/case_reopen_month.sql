{{ config(materialized='view') }}

with

period as (
    select
        case_key,
        started_at,
        is_closing,
        lead(is_reopening) over (partition by case_key order by period_number) as is_undone,
        {{ days_after('cast(lead(started_at) over (partition by case_key order by period_number) as date)', 'cast(started_at as date)') }}
            as days_to_reopening
    from {{ ref('case_status_period') }}
),

case_reopen_month as (
    select
        cast(date_trunc('month', period.started_at) as date) as closed_month,
        coalesce(service_case.case_reason, 'Unknown') as case_reason,
        count(*) as closed_cases,
        count(*) filter (where period.is_undone) as reopened_cases,
        cast(count(*) filter (where period.is_undone) as double) / count(*) as reopen_rate,
        avg(period.days_to_reopening) filter (where period.is_undone) as average_days_to_reopening
    from period
    inner join {{ ref('fct_case') }} as service_case on period.case_key = service_case.case_key
    where period.is_closing
    group by closed_month, coalesce(service_case.case_reason, 'Unknown')
)

select * from case_reopen_month
