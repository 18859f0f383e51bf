{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'sales_order_key', ref('changed_sales_order_line')) }}",
) }}
-- depends_on: {{ ref('changed_sales_order_line') }}

with

line as (
    select * from {{ ref('fct_sales_order_line') }}
    {%- if is_incremental() %}
    where sales_order_key in (select sales_order_key from {{ ref('changed_sales_order_line') }})
    {%- endif %}
),

fct_sales_order as (
    select
        sales_order_key,
        customer_key,
        min(order_date) as order_date,
        count(*) as order_lines,
        cast(sum(quantity) as decimal(18, 3)) as units,
        cast(sum(net_amount_group) as decimal(18, 2)) as net_amount_group,
        cast(sum(cost_amount_group) as decimal(18, 2)) as cost_amount_group,
        cast(sum(net_amount_group) filter (where cost_amount_group is not null) as decimal(18, 2)) as costed_amount_group
    from line
    group by sales_order_key, customer_key
)

select * from fct_sales_order
