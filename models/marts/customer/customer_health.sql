with

reason as (
    select
        customer_key,
        lost_points,
        rule_order,
        concat(reason, ': ', cast(cast(measure_value as decimal(18, 1)) as varchar), ' (-', cast(round(lost_points) as integer), ')')
            as reason_text
    from {{ ref('customer_health_reason') }}
),

total as (
    select
        customer_key,
        sum(lost_points) as lost_points,
        {{ list_in_order('reason_text', 'lost_points desc, rule_order', 'round(lost_points) >= 1') }} as health_reasons
    from reason
    group by customer_key
),

-- Who loses nothing is in full health.
customer_health as (
    select
        churn.customer_key,
        cast(round(100 - coalesce(total.lost_points, 0)) as integer) as health_score,
        total.health_reasons
    from {{ ref('customer_churn') }} as churn
    left join total on churn.customer_key = total.customer_key
)

select * from customer_health
