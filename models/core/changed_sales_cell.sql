{{ config(materialized='table', meta={'made_of': ['sales_order_line']}) }}

with

changed as (
    select * from {{ ref('changed_sales_order_line') }}
),

line as (
    select
        order_date,
        product_key,
        customer_key,
        product_version_key,
        customer_version_key,
        quantity,
        net_amount_group,
        cost_amount_group,
        1 as sign
    from {{ ref('fct_sales_order_line') }}
    where sales_order_line_key in (select sales_order_line_key from changed)

    union all

    select
        order_date_before as order_date,
        product_key_before as product_key,
        customer_key_before as customer_key,
        product_version_key_before as product_version_key,
        customer_version_key_before as customer_version_key,
        quantity_before as quantity,
        net_amount_group_before as net_amount_group,
        cost_amount_group_before as cost_amount_group,
        -1 as sign
    from changed
    where customer_key_before is not null
),

changed_sales_cell as (
    select
        cast(date_trunc('month', order_date) as date) as sales_month,
        product_key,
        customer_key,
        product_version_key,
        customer_version_key,
        cast(coalesce(sum(sign * net_amount_group), 0) as decimal(18, 2)) as revenue_change_group,
        cast(
            coalesce(sum(sign * net_amount_group) filter (where cost_amount_group is not null), 0) as decimal(18, 2)
        ) as costed_revenue_change_group,
        cast(coalesce(sum(sign * cost_amount_group), 0) as decimal(18, 2)) as cost_change_group,
        cast(coalesce(sum(sign * quantity), 0) as decimal(18, 3)) as units_change,
        cast(sum(sign) as bigint) as order_lines_change,
        cast(coalesce(sum(sign) filter (where cost_amount_group is not null), 0) as bigint) as costed_lines_change
    from line
    group by sales_month, product_key, customer_key, product_version_key, customer_version_key
)

select * from changed_sales_cell
