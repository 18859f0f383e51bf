with

line as (
    select * from {{ ref('fct_sales_order_line') }}
),

-- Orders first: an order counts once, in the month of its first line.
customer_order as (
    select
        sales_order_key,
        customer_key,
        cast(date_trunc('month', order_date) as date) as order_month,
        count(*) as order_lines,
        sum(quantity) as units,
        sum(net_amount_group) as revenue_group,
        sum(cost_amount_group) as cost_group,
        sum(net_amount_group) filter (where cost_amount_group is not null) as costed_revenue_group
    from line
    group by sales_order_key, customer_key, order_month
),

customer_month as (
    select
        customer_key,
        order_month,
        count(distinct sales_order_key) as orders,
        sum(order_lines) as order_lines,
        sum(units) as units,
        sum(revenue_group) as revenue_group,
        sum(cost_group) as cost_group,
        sum(costed_revenue_group) as costed_revenue_group,
        min(order_month) over (partition by customer_key) as first_month
    from customer_order
    group by customer_key, order_month
),

month as (
    select
        order_month,
        cast(sum(revenue_group) as decimal(18, 2)) as revenue_group,
        cast(sum(costed_revenue_group) - sum(cost_group) as decimal(18, 2)) as margin_group,
        cast(sum(orders) as bigint) as orders,
        cast(sum(order_lines) as bigint) as order_lines,
        cast(sum(units) as decimal(18, 3)) as units,
        count(*) filter (where customer_key <> -1) as customers,
        count(*) filter (where customer_key <> -1 and order_month = first_month) as new_customers
    from customer_month
    group by order_month
),

revenue_month as (
    select
        month.order_month,
        month.revenue_group,
        month.margin_group,
        month.orders,
        month.order_lines,
        month.units,
        month.customers,
        month.new_customers,
        cast(month.revenue_group as double) / nullif(month.orders, 0) as average_order_group,
        last_year.revenue_group as revenue_group_last_year,
        last_year.margin_group as margin_group_last_year,
        last_year.orders as orders_last_year,
        last_year.customers as customers_last_year
    from month
    left join month as last_year on month.order_month = last_year.order_month + interval 1 year
)

select * from revenue_month
