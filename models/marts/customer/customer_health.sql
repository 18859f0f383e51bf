with

total as (
    select
        customer_key,
        sum(lost_points) as lost_points,
        count(*) filter (where round(lost_points) >= 1) as told_reasons
    from {{ ref('customer_health_reason') }}
    group by customer_key
),

reason as (
    select
        reason.customer_key,
        reason.lost_points,
        reason.rule_order,
        total.told_reasons,
        concat(
            reason.reason, ': ', cast(cast(reason.measure_value as decimal(18, 1)) as varchar), ' (-',
            cast(round(reason.lost_points) as integer), ')'
        ) as reason_text
    from {{ ref('customer_health_reason') }} as reason
    inner join total on reason.customer_key = total.customer_key
    where round(reason.lost_points) >= 1
),

-- Most have one reason, and one needs no order, which costs more than all the rest.
told as (
    select
        customer_key,
        {{ list_in_order('reason_text', ['-lost_points', 'rule_order']) }} as health_reasons
    from reason
    where told_reasons > 1
    group by customer_key

    union all

    select
        customer_key,
        reason_text as health_reasons
    from reason
    where told_reasons = 1
),

-- Who loses nothing is in full health.
customer_health as (
    select
        churn.customer_key,
        cast(round(100 - coalesce(total.lost_points, 0)) as integer) as health_score,
        told.health_reasons
    from {{ ref('customer_churn') }} as churn
    left join total on churn.customer_key = total.customer_key
    left join told on churn.customer_key = told.customer_key
)

select * from customer_health
