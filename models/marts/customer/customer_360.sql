with

line as (
    select * from {{ ref('fct_sales_order_line') }}
),

today as (
    select max(order_date) as as_of_date from line
),

order_line_total as (
    select
        line.customer_key,
        min(line.order_date) as first_order_date,
        max(line.order_date) as last_order_date,
        count(distinct line.sales_order_key) as orders,
        count(*) as order_lines,
        cast(sum(line.net_amount_group) as decimal(18, 2)) as revenue_group,
        cast(sum(line.net_amount_group) filter (where line.cost_amount_group is not null) - sum(line.cost_amount_group) as decimal(18, 2))
            as margin_group,
        cast(
            coalesce(sum(line.net_amount_group) filter (where line.order_date > today.as_of_date - interval 12 months), 0)
            as decimal(18, 2)
        ) as revenue_last_12_months_group
    from line
    cross join today
    group by line.customer_key
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
    left join order_line_total as total on customer.customer_key = total.customer_key
)

select * from customer_360
