with

today as (
    select
        max(order_date) as as_of_date,
        cast(max(order_date) - interval 12 months as date) as year_before_date
    from {{ ref('fct_sales_order') }}
),

order_total as (
    select
        customer_order.customer_key,
        min(customer_order.order_date) as first_order_date,
        max(customer_order.order_date) as last_order_date,
        count(*) as orders,
        cast(sum(customer_order.order_lines) as bigint) as order_lines,
        cast(sum(customer_order.net_amount_group) as decimal(18, 2)) as revenue_group,
        cast(sum(customer_order.costed_amount_group) - sum(customer_order.cost_amount_group) as decimal(18, 2)) as margin_group,
        cast(
            sum(customer_order.net_amount_group) filter (
                where customer_order.order_date > today.year_before_date
            ) as decimal(18, 2)
        ) as revenue_last_12_months_group
    from {{ ref('fct_sales_order') }} as customer_order
    cross join today
    group by customer_order.customer_key
),

customer_sales as (
    select
        order_total.customer_key,
        order_total.first_order_date,
        order_total.last_order_date,
        order_total.orders,
        order_total.order_lines,
        order_total.revenue_group,
        order_total.margin_group,
        order_total.revenue_last_12_months_group,
        today.as_of_date - order_total.last_order_date as days_since_last_order
    from order_total
    cross join today
)

select * from customer_sales
