{{ config(meta={'made_of': ['delivery_line']}) }}

with

-- Where a system knows no deliveries nobody can tell what is open.
order_line as (
    select
        sales_order_line_key,
        sales_order_key,
        customer_key,
        due_date,
        quantity,
        net_amount_group
    from {{ ref('fct_sales_order_line') }}
    where source_system in (select distinct source_system from {{ ref('fct_delivery_line') }})
),

delivered as (
    select
        sales_order_line_key,
        sum(quantity) as quantity
    from {{ ref('fct_delivery_line') }}
    where is_issued
    group by sales_order_line_key
),

invoiced as (
    select
        sales_order_line_key,
        sum(quantity) as quantity
    from {{ ref('fct_invoice_line') }}
    group by sales_order_line_key
),

-- What was billed has been delivered, even if the delivery did not come through the door.
open_line as (
    select
        order_line.*,
        order_line.quantity - greatest(coalesce(delivered.quantity, 0), coalesce(invoiced.quantity, 0)) as open_quantity
    from order_line
    left join delivered on order_line.sales_order_line_key = delivered.sales_order_line_key
    left join invoiced on order_line.sales_order_line_key = invoiced.sales_order_line_key
),

customer_backlog as (
    select
        open_line.customer_key,
        count(distinct open_line.sales_order_key) as open_orders,
        cast(
            sum(cast(open_line.net_amount_group * open_line.open_quantity / open_line.quantity as decimal(18, 2))) as decimal(18, 2)
        ) as open_orders_amount_group,
        cast(
            coalesce(
                sum(cast(open_line.net_amount_group * open_line.open_quantity / open_line.quantity as decimal(18, 2))) filter (
                    where open_line.due_date < today.as_of_date
                ), 0
            ) as decimal(18, 2)
        ) as late_orders_amount_group
    from open_line
    cross join {{ ref('as_of') }} as today
    where open_line.open_quantity > 0
    group by open_line.customer_key
)

select * from customer_backlog
