{{ config(
    materialized='incremental',
    unique_key=['sales_month', 'product_key'],
    post_hook="delete from {{ this }} where order_lines = 0",
    meta={'made_of': ['sales_order_line']},
) }}
-- depends_on: {{ ref('changed_sales_cell') }}, {{ ref('fct_sales_order_line') }}

with

{% if is_incremental() -%}
change as (
    select
        sales_month,
        product_key,
        sum(revenue_change_group) as revenue_group,
        sum(costed_revenue_change_group) as costed_revenue_group,
        sum(cost_change_group) as cost_group,
        sum(units_change) as units,
        sum(order_lines_change) as order_lines
    from {{ ref('changed_sales_cell') }}
    group by sales_month, product_key
),

-- Sums of decimals are exact: what was, and what came to it, is what all lines add up to.
sold as (
    select
        change.sales_month,
        change.product_key,
        coalesce(before.revenue_group, 0) + change.revenue_group as revenue_group,
        coalesce(before.costed_revenue_group, 0) + change.costed_revenue_group as costed_revenue_group,
        coalesce(before.cost_group, 0) + change.cost_group as cost_group,
        coalesce(before.units, 0) + change.units as units,
        coalesce(before.order_lines, 0) + change.order_lines as order_lines
    from change
    left join {{ this }} as before on change.sales_month = before.sales_month and change.product_key = before.product_key
),
{%- else -%}
-- By day first: to tell the month of every line costs more than to add the line up.
sold_day as (
    select
        order_date,
        product_key,
        sum(net_amount_group) as revenue_group,
        sum(net_amount_group) filter (where cost_amount_group is not null) as costed_revenue_group,
        sum(cost_amount_group) as cost_group,
        sum(quantity) as units,
        count(*) as order_lines
    from {{ ref('fct_sales_order_line') }}
    group by order_date, product_key
),

sold as (
    select
        cast(date_trunc('month', order_date) as date) as sales_month,
        product_key,
        coalesce(sum(revenue_group), 0) as revenue_group,
        coalesce(sum(costed_revenue_group), 0) as costed_revenue_group,
        coalesce(sum(cost_group), 0) as cost_group,
        coalesce(sum(units), 0) as units,
        sum(order_lines) as order_lines
    from sold_day
    group by sales_month, product_key
),
{%- endif %}

product_month as (
    select
        sales_month,
        product_key,
        cast(revenue_group as decimal(18, 2)) as revenue_group,
        cast(costed_revenue_group as decimal(18, 2)) as costed_revenue_group,
        cast(cost_group as decimal(18, 2)) as cost_group,
        cast(units as decimal(18, 3)) as units,
        cast(order_lines as bigint) as order_lines
    from sold
)

select * from product_month
