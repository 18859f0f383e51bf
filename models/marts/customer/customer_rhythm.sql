with

today as (
    select
        as_of_date,
        as_of_date - {{ var('churn_after_days') }} as judged_until_date
    from {{ ref('as_of') }}
),

-- Orders of one day are one purchase: a rhythm is of days.
recent as (
    select
        customer_order.customer_key,
        count(distinct customer_order.order_date) as recent_order_days
    from {{ ref('fct_sales_order') }} as customer_order
    cross join today
    where customer_order.order_date > today.judged_until_date
    group by customer_order.customer_key
),

rhythm as (
    select
        bought.customer_key,
        bought.first_order_date,
        bought.last_order_date,
        bought.order_days,
        bought.order_days - coalesce(recent.recent_order_days, 0) as judged_order_days,
        bought.last_order_date <= today.judged_until_date as is_lapsed,
        today.as_of_date
    from {{ ref('customer_sales') }} as bought
    cross join today
    left join recent on bought.customer_key = recent.customer_key
    where bought.customer_key <> -1
),

customer_rhythm as (
    select
        customer_key,
        first_order_date,
        last_order_date,
        order_days,
        order_days - 1 as repeat_days,
        {{ days_after('last_order_date', 'first_order_date') }} as buying_days,
        {{ days_after('as_of_date', 'first_order_date') }} as observed_days,
        {{ days_after('as_of_date', 'last_order_date') }} as silent_days,
        cast({{ days_after('last_order_date', 'first_order_date') }} as double) / nullif(order_days - 1, 0) as average_interval_days,
        judged_order_days,
        is_lapsed
    from rhythm
)

select * from customer_rhythm
