{{ config(materialized='view') }}

with

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
        total.days_since_last_order
    from {{ ref('dim_customer') }} as customer
    left join {{ ref('customer_sales') }} as total on customer.customer_key = total.customer_key
    where customer.is_current
)

select * from customer_360
