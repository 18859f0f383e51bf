with

customer_order as (
    select * from {{ ref('fct_sales_order') }}
),

today as (
    select max(order_date) as as_of_date from customer_order
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
                where customer_order.order_date > today.as_of_date - interval 12 months
            ) as decimal(18, 2)
        ) as revenue_last_12_months_group
    from customer_order
    cross join today
    group by customer_order.customer_key
),

customer_360 as (
    select
        customer.customer_key,
        customer.customer_number,
        customer.customer_name,
        customer.is_person,
        customer.industry,
        customer.email,
        customer.phone,
        customer.website,
        customer.city,
        customer.country_code,
        customer.country_name,
        customer.created_date,
        customer.crm_system,
        customer.erp_system,
        customer.source_records,
        total.first_order_date,
        total.last_order_date,
        coalesce(total.orders, 0) as orders,
        coalesce(total.order_lines, 0) as order_lines,
        coalesce(total.revenue_group, 0) as revenue_group,
        coalesce(total.margin_group, 0) as margin_group,
        coalesce(total.revenue_last_12_months_group, 0) as revenue_last_12_months_group,
        cast(total.revenue_group as double) / nullif(total.orders, 0) as average_order_group,
        today.as_of_date - total.last_order_date as days_since_last_order
    from {{ ref('dim_customer') }} as customer
    cross join today
    left join order_total as total on customer.customer_key = total.customer_key
)

select * from customer_360
