{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'customer_key', ref('changed_sales_cell')) }}",
) }}
-- depends_on: {{ ref('changed_sales_cell') }}

with

customer_sales as (
    select
        customer_key,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(distinct order_date) as order_days,
        count(*) as orders,
        cast(sum(order_lines) as bigint) as order_lines,
        cast(sum(net_amount_group) as decimal(18, 2)) as revenue_group,
        cast(sum(costed_amount_group) - sum(cost_amount_group) as decimal(18, 2)) as margin_group
    from {{ ref('fct_sales_order') }}
    {%- if is_incremental() %}
    where customer_key in (select news.customer_key from {{ ref('changed_sales_cell') }} as news)
    {%- endif %}
    group by customer_key
)

select * from customer_sales
