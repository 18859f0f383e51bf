with

-- A rate is what the customer shows, drawn to that of all: (shape + repeats) / (scale + time from first to last order).
rated as (
    select
        rhythm.*,
        (model.shape + rhythm.repeat_days) / (model.scale_days + rhythm.buying_days) as daily_order_rate,
        model.dropout_rate,
        model.dropout_rate / (1 - model.dropout_rate) * power(
            (model.scale_days + rhythm.observed_days) / (model.scale_days + rhythm.buying_days),
            model.shape + rhythm.repeat_days
        ) as gone_odds
    from {{ ref('customer_rhythm') }} as rhythm
    cross join {{ ref('churn_model') }} as model
),

alive as (
    select
        *,
        1 / (1 + gone_odds) as alive_rate
    from rated
),

customer_churn as (
    select
        customer_key,
        first_order_date,
        last_order_date,
        order_days,
        average_interval_days,
        silent_days,
        silent_days * daily_order_rate as silence_rate,
        daily_order_rate,
        dropout_rate,
        alive_rate,
        1 - alive_rate as churn_rate,
        case
            when alive_rate < {{ var('churn_high_below') }} then 'high'
            when alive_rate < {{ var('churn_medium_below') }} then 'medium'
            when alive_rate is not null then 'low'
        end as churn_risk
    from alive
)

select * from customer_churn
