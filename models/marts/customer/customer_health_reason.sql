with

{%- set measures = [
    'silence_rate', 'revenue_trend_rate', 'worst_overdue_days', 'average_days_late_last_12_months', 'open_cases',
    'escalated_cases_last_12_months', 'satisfaction_last_12_months', 'days_since_last_contact',
] %}

-- What there is to judge: customers who ordered. A year without orders before it gives no trend.
customer as (
    select
        churn.customer_key,
        churn.silence_rate,
        cast(total.revenue_last_12_months_group as double) / nullif(total.revenue_previous_12_months_group, 0) as revenue_trend_rate,
        receivables.worst_overdue_days,
        receivables.average_days_late_last_12_months,
        service.open_cases,
        service.escalated_cases_last_12_months,
        service.satisfaction_last_12_months,
        {{ days_after('today.as_of_date', 'greatest(churn.last_order_date, service.last_case_date, service.last_interaction_date)') }}
            as days_since_last_contact
    from {{ ref('customer_churn') }} as churn
    cross join {{ ref('as_of') }} as today
    left join {{ ref('customer_trend') }} as total on churn.customer_key = total.customer_key
    left join {{ ref('customer_receivables') }} as receivables on churn.customer_key = receivables.customer_key
    left join {{ ref('customer_service') }} as service on churn.customer_key = service.customer_key
),

measured as (
    {%- for measure in measures %}
    select
        customer_key,
        '{{ measure }}' as measure,
        cast({{ measure }} as double) as measure_value
    from customer
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

judged as (
    select
        measured.customer_key,
        rule.rule_order,
        rule.rule_code,
        rule.reason,
        measured.measure_value,
        rule.points * least(
            greatest((measured.measure_value - rule.good_value) / (rule.bad_value - rule.good_value), 0), 1
        ) as lost_points
    from measured
    inner join {{ ref('customer_health_rules') }} as rule on measured.measure = rule.measure
    where measured.measure_value is not null
),

customer_health_reason as (
    select
        customer_key,
        cast(rule_order as integer) as rule_order,
        rule_code,
        reason,
        measure_value,
        lost_points
    from judged
    where lost_points > 0
)

select * from customer_health_reason
