{%- set news = 'select customer_key from ' ~ ref('changed_sales_cell') %}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ delete_changed(this, 'customer_key', ref('changed_sales_cell')) }}",
        "{% if is_incremental() %}delete from {{ this }} where not ({{ is_told_month('rfm_month', var('segment_history_months')) }}){% endif %}",
    ],
) }}
-- depends_on: {{ ref('changed_sales_cell') }}, {{ ref('as_of') }}

with

month as (
    select distinct month_start as rfm_month
    from {{ ref('dim_date') }}
    where {{ is_told_month('month_start', var('segment_history_months')) }}
),

{%- if is_incremental() %}

new_month as (
    select rfm_month from month
    where rfm_month not in (select distinct made.rfm_month from {{ this }} as made)
),

{%- endif %}

order_month as (
    select * from {{ ref('customer_order_month') }}
    {%- if is_incremental() %}
    where customer_key <> -1 and (customer_key in ({{ news }}) or exists (select 1 from new_month))
    {%- else %}
    where customer_key <> -1
    {%- endif %}
),

-- What comes into the window with the month of an order leaves it when the window has passed.
step as (
    select
        customer_key,
        order_month as step_month,
        last_order_date,
        orders,
        revenue_group
    from order_month

    union all

    select
        customer_key,
        cast(order_month + interval {{ var('segment_window_months') }} months as date) as step_month,
        cast(null as date) as last_order_date,
        -orders as orders,
        -revenue_group as revenue_group
    from order_month
),

step_month as (
    select
        customer_key,
        step_month,
        max(last_order_date) as last_order_date,
        sum(orders) as orders,
        sum(revenue_group) as revenue_group
    from step
    group by customer_key, step_month
),

-- How a customer stands from one step until before the next.
standing as (
    select
        customer_key,
        step_month,
        lead(step_month) over so_far as next_step_month,
        max(last_order_date) over so_far as last_order_date,
        sum(orders) over so_far as window_orders,
        sum(revenue_group) over so_far as window_revenue_group
    from step_month
    window so_far as (partition by customer_key order by step_month)
),

customer_rfm_month as (
    select
        month.rfm_month,
        standing.customer_key,
        standing.last_order_date,
        cast(standing.window_orders as bigint) as window_orders,
        cast(standing.window_revenue_group as decimal(18, 2)) as window_revenue_group
    from standing
    inner join month
        on
            standing.step_month <= month.rfm_month
            and coalesce(standing.next_step_month, date '9999-12-31') > month.rfm_month
    {%- if is_incremental() %}
    where
        standing.customer_key in ({{ news }})
        or month.rfm_month in (select new_month.rfm_month from new_month)
    {%- endif %}
)

select * from customer_rfm_month
