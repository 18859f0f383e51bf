{{ config(materialized='view') }}

{%- set measures = {'recency': 'last_order_date', 'frequency': 'window_orders', 'monetary': 'window_revenue_group'} %}

with

month as (
    select
        day.month_start as segment_month,
        least(max(day.calendar_date), today.as_of_date) as segment_date
    from {{ ref('dim_date') }} as day
    cross join {{ ref('as_of') }} as today
    group by day.month_start, today.as_of_date
),

segment as (
    select
        segment.segment_code,
        cast(recency.score as integer) as recency_score,
        cast(value.score as integer) as value_score
    from {{ ref('rfm_segments') }} as segment
    inner join range(1, 6) as recency (score) on recency.score between segment.first_recency_score and segment.last_recency_score
    inner join range(1, 6) as value (score) on value.score between segment.first_value_score and segment.last_value_score
),

scored as (
    select
        month.segment_month,
        month.segment_date,
        measured.customer_key,
        {{ days_after('month.segment_date', 'measured.last_order_date') }} as recency_days,
        {%- for measure, column in measures.items() %}
        cast(
            1
            {%- for number in range(2, 6) %}
            + coalesce(cast(measured.{{ column }} >= fifth.{{ measure }}_{{ number }}_from as integer), 0)
            {%- endfor %} as integer
        ) as {{ measure }}_score,
        {%- endfor %}
        measured.window_orders,
        measured.window_revenue_group
    from {{ ref('customer_rfm_month') }} as measured
    inner join month on measured.rfm_month = month.segment_month
    inner join {{ ref('rfm_fifth_month') }} as fifth on measured.rfm_month = fifth.rfm_month
),

-- Half a point counts as a whole one.
valued as (
    select
        *,
        cast((frequency_score + monetary_score + 1) // 2 as integer) as value_score
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
    left join segment on valued.recency_score = segment.recency_score and valued.value_score = segment.value_score
)

select * from customer_segment_month
