with

revenue_month_market as (
    select
        cast(date_trunc('month', line.order_date) as date) as order_month,
        customer.country_code,
        customer.country_name,
        product.category_name,
        cast(sum(line.net_amount_group) as decimal(18, 2)) as revenue_group,
        cast(sum(line.net_amount_group) filter (where line.cost_amount_group is not null) - sum(line.cost_amount_group) as decimal(18, 2))
            as margin_group,
        cast(sum(line.quantity) as decimal(18, 3)) as units,
        count(*) as order_lines
    from {{ ref('fct_sales_order_line') }} as line
    inner join {{ ref('dim_customer') }} as customer on line.customer_key = customer.customer_key
    inner join {{ ref('dim_product') }} as product on line.product_version_key = product.product_version_key
    group by order_month, customer.country_code, customer.country_name, product.category_name
)

select * from revenue_month_market
