with

sold as (
    select
        order_month,
        sum(revenue_group) as revenue_group,
        sum(costed_revenue_group) as costed_revenue_group,
        sum(margin_group) as margin_group,
        sum(order_lines) as order_lines,
        sum(units) as units
    from {{ ref('revenue_month_market') }}
    group by order_month
),

new_customer as (
    select
        cast(date_trunc('month', first_order_date) as date) as order_month,
        count(*) as new_customers
    from {{ ref('customer_sales') }}
    where customer_key <> -1
    group by order_month
),

buyers as (
    select
        order_month,
        sum(orders) as orders,
        count(*) filter (where customer_key <> -1) as customers
    from {{ ref('customer_order_month') }}
    group by order_month
),

month as (
    select
        sold.order_month,
        cast(sold.revenue_group as decimal(18, 2)) as revenue_group,
        cast(sold.costed_revenue_group as decimal(18, 2)) as costed_revenue_group,
        cast(sold.margin_group as decimal(18, 2)) as margin_group,
        cast(coalesce(buyers.orders, 0) as bigint) as orders,
        cast(sold.order_lines as bigint) as order_lines,
        cast(sold.units as decimal(18, 3)) as units,
        coalesce(buyers.customers, 0) as customers,
        coalesce(new_customer.new_customers, 0) as new_customers
    from sold
    left join buyers on sold.order_month = buyers.order_month
    left join new_customer on sold.order_month = new_customer.order_month
),

revenue_month as (
    select
        month.order_month,
        month.revenue_group,
        month.costed_revenue_group,
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
