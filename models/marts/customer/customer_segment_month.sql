with

-- The month ends of the history, and the day of today for the month that runs.
snapshot as (
    select
        month.month_start as segment_month,
        least(max(month.calendar_date), today.as_of_date) as segment_date,
        cast(month.month_start - interval {{ var('segment_window_months') - 1 }} months as date) as first_month
    from {{ ref('dim_date') }} as month
    cross join {{ ref('as_of') }} as today
    where
        month.month_start <= today.as_of_month
        and month.month_start >= cast(today.as_of_month - interval {{ var('segment_history_months') }} months as date)
    group by month.month_start, today.as_of_date
),

order_month as (
    select
        customer_key,
        cast(date_trunc('month', order_date) as date) as order_month,
        max(order_date) as last_order_date,
        count(*) as orders,
        sum(net_amount_group) as revenue_group
    from {{ ref('fct_sales_order') }}
    where customer_key <> -1
    group by customer_key, date_trunc('month', order_date)
),

-- A month's last order is a customer's latest one until the next month in which they order.
followed_month as (
    select
        *,
        lead(order_month) over (partition by customer_key order by order_month) as next_order_month
    from order_month
),

latest as (
    select
        snapshot.segment_month,
        snapshot.segment_date,
        followed_month.customer_key,
        {{ days_after('snapshot.segment_date', 'followed_month.last_order_date') }} as recency_days
    from snapshot
    inner join followed_month
        on
            snapshot.segment_month >= followed_month.order_month
            and snapshot.segment_month < coalesce(followed_month.next_order_month, date '9999-12-31')
),

window_total as (
    select
        snapshot.segment_month,
        order_month.customer_key,
        sum(order_month.orders) as orders,
        sum(order_month.revenue_group) as revenue_group
    from snapshot
    inner join order_month
        on snapshot.segment_month >= order_month.order_month and snapshot.first_month <= order_month.order_month
    group by snapshot.segment_month, order_month.customer_key
),

measured as (
    select
        latest.*,
        cast(coalesce(window_total.orders, 0) as bigint) as window_orders,
        cast(coalesce(window_total.revenue_group, 0) as decimal(18, 2)) as window_revenue_group
    from latest
    left join window_total
        on latest.segment_month = window_total.segment_month and latest.customer_key = window_total.customer_key
),

scored as (
    select
        *,
        {{ quintile('segment_month', 'recency_days desc') }} as recency_score,
        {{ quintile('segment_month', 'window_orders') }} as frequency_score,
        {{ quintile('segment_month', 'window_revenue_group') }} as monetary_score
    from measured
),

-- Half a point counts as a whole one.
valued as (
    select
        *,
        cast(floor((frequency_score + monetary_score + 1) / cast(2 as double)) as integer) as value_score
    from scored
),

customer_segment_month as (
    select
        valued.segment_month,
        valued.segment_date,
        valued.customer_key,
        valued.recency_days,
        valued.window_orders,
        valued.window_revenue_group,
        valued.recency_score,
        valued.frequency_score,
        valued.monetary_score,
        valued.value_score,
        segment.segment_code
    from valued
    left join {{ ref('rfm_segments') }} as segment
        on
            valued.recency_score between segment.first_recency_score and segment.last_recency_score
            and valued.value_score between segment.first_value_score and segment.last_value_score
)

select * from customer_segment_month
