with

customer_segment as (
    select
        segment.customer_key,
        segment.segment_date,
        segment.recency_days,
        segment.window_orders,
        segment.window_revenue_group,
        segment.recency_score,
        segment.frequency_score,
        segment.monetary_score,
        segment.value_score,
        segment.segment_code
    from {{ ref('customer_segment_month') }} as segment
    inner join {{ ref('as_of') }} as today on segment.segment_month = today.as_of_month
)

select * from customer_segment
