with

today as (
    select
        as_of_date,
        as_of_date - {{ var('churn_after_days') }} as judged_until_date
    from {{ ref('as_of') }}
),

-- Orders of one day are one purchase: a rhythm is of days.
order_day as (
    select distinct
        customer_key,
        order_date
    from {{ ref('fct_sales_order') }}
    where customer_key <> -1
),

rhythm as (
    select
        order_day.customer_key,
        min(order_day.order_date) as first_order_date,
        max(order_day.order_date) as last_order_date,
        count(*) as order_days,
        count(*) filter (where order_day.order_date <= today.judged_until_date) as judged_order_days,
        max(order_day.order_date) <= today.judged_until_date as is_lapsed,
        today.as_of_date
    from order_day
    cross join today
    group by order_day.customer_key, today.as_of_date, today.judged_until_date
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
