{%- set news = 'select customer_key from ' ~ ref('changed_sales_cell') %}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'customer_key', ref('changed_sales_cell')) }}",
    meta={'made_of': ['sales_order_line']},
) }}
-- depends_on: {{ ref('changed_sales_cell') }}

with

customer_order_month as (
    select
        customer_key,
        cast(date_trunc('month', order_date) as date) as order_month,
        max(order_date) as last_order_date,
        count(*) as orders,
        cast(sum(net_amount_group) as decimal(18, 2)) as revenue_group
    from {{ ref('fct_sales_order') }}
    {%- if is_incremental() %}
    where customer_key in ({{ news }})
    {%- endif %}
    group by customer_key, order_month
)

select * from customer_order_month
