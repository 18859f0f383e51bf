{{ config(meta={'made_of': ['sales_order_line']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

delivered as (
    select
        sales_order_line_key,
        sum(quantity) as delivered_quantity
    from {{ ref('fct_delivery_line') }}
    where is_issued
    group by sales_order_line_key
),

open_line as (
    select
        line.sales_order_line_key,
        line.customer_key,
        line.product_key,
        line.warehouse_key,
        line.order_number,
        line.line_number,
        line.order_date,
        line.due_date,
        line.quantity,
        line.net_amount_group,
        coalesce(delivered.delivered_quantity, 0) as delivered_quantity,
        line.quantity - coalesce(delivered.delivered_quantity, 0) as open_quantity
    from {{ ref('fct_sales_order_line') }} as line
    left join delivered on line.sales_order_line_key = delivered.sales_order_line_key
    where
        line.ship_date is null
        and line.quantity > coalesce(delivered.delivered_quantity, 0)
),

open_sales_demand as (
    select
        open_line.sales_order_line_key,
        open_line.customer_key,
        open_line.product_key,
        open_line.warehouse_key,
        open_line.order_number,
        open_line.line_number,
        open_line.order_date,
        open_line.due_date,
        coalesce(open_line.due_date <= today.as_of_date, false) as is_due,
        open_line.quantity,
        cast(open_line.delivered_quantity as decimal(18, 3)) as delivered_quantity,
        cast(open_line.open_quantity as decimal(18, 3)) as open_quantity,
        cast(
            cast(open_line.net_amount_group as decimal(24, 6)) * open_line.open_quantity / open_line.quantity as decimal(18, 2)
        ) as open_amount_group
    from open_line
    cross join today
)

select * from open_sales_demand
