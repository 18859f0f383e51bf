{{ config(materialized='view') }}

with

trust_part as (
    select * from {{ ref('trust_part') }}
),

totalled as (
    select
        mart,
        subject,
        cast(100 * sum(weight * health) / sum(weight) as decimal(5, 1)) as score,
        max(case when part = 'freshness' then rate end) as late_source_rate,
        max(case when part = 'tests' then rate end) as failed_test_rate,
        max(case when part = 'reconciliation' then rate end) as reconciliation_break_rate,
        max(case when part = 'quarantine' then rate end) as refused_row_rate,
        max_by(part, weight * (1 - health)) filter (where health < 1) as worst_part
    from trust_part
    group by mart, subject
),

trust_score as (
    select
        mart,
        subject,
        score,
        case
            when score >= {{ var('trust_green_from') }} then 'green'
            when score >= {{ var('trust_amber_from') }} then 'amber'
            else 'red'
        end as light,
        late_source_rate,
        failed_test_rate,
        reconciliation_break_rate,
        refused_row_rate,
        worst_part
    from totalled
)

select * from trust_score
