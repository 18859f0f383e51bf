with

market as (
    select
        cast(date_trunc('month', line.order_date) as date) as order_month,
        customer.country_code,
        product.category_name,
        min(customer.country_name) as country_name,
        sum(line.net_amount_group) as revenue_group,
        sum(line.cost_amount_group) as cost_group,
        sum(line.net_amount_group) filter (where line.cost_amount_group is not null) as costed_revenue_group,
        sum(line.quantity) as units,
        count(*) as order_lines
    from {{ ref('fct_sales_order_line') }} as line
    inner join {{ ref('dim_customer') }} as customer on line.customer_key = customer.customer_key
    inner join {{ ref('dim_product') }} as product on line.product_version_key = product.product_version_key
    group by order_month, customer.country_code, product.category_name
),

revenue_month_market as (
    select
        order_month,
        country_code,
        country_name,
        category_name,
        cast(revenue_group as decimal(18, 2)) as revenue_group,
        cast(costed_revenue_group as decimal(18, 2)) as costed_revenue_group,
        cast(costed_revenue_group - cost_group as decimal(18, 2)) as margin_group,
        cast(units as decimal(18, 3)) as units,
        order_lines
    from market
)

select * from revenue_month_market
