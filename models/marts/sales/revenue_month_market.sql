with

-- By day first: to tell the month of every line costs more than to add the line up.
market_day as (
    select
        line.order_date,
        customer.country_code,
        product.category_name,
        sum(line.net_amount_group) as revenue_group,
        sum(line.cost_amount_group) as cost_group,
        sum(line.net_amount_group) filter (where line.cost_amount_group is not null) as costed_revenue_group,
        sum(line.quantity) as units,
        count(*) as order_lines
    from {{ ref('fct_sales_order_line') }} as line
    inner join {{ ref('dim_customer') }} as customer on line.customer_version_key = customer.customer_version_key
    inner join {{ ref('dim_product') }} as product on line.product_version_key = product.product_version_key
    group by line.order_date, customer.country_code, product.category_name
),

market as (
    select
        cast(date_trunc('month', order_date) as date) as order_month,
        country_code,
        category_name,
        sum(revenue_group) as revenue_group,
        sum(cost_group) as cost_group,
        sum(costed_revenue_group) as costed_revenue_group,
        sum(units) as units,
        cast(sum(order_lines) as bigint) as order_lines
    from market_day
    group by order_month, country_code, category_name
),

revenue_month_market as (
    select
        market.order_month,
        market.country_code,
        coalesce(country.country_name, 'Unknown') as country_name,
        market.category_name,
        cast(market.revenue_group as decimal(18, 2)) as revenue_group,
        cast(market.costed_revenue_group as decimal(18, 2)) as costed_revenue_group,
        cast(market.costed_revenue_group - market.cost_group as decimal(18, 2)) as margin_group,
        cast(market.units as decimal(18, 3)) as units,
        market.order_lines
    from market
    left join {{ ref('countries') }} as country on market.country_code = country.country_code
)

select * from revenue_month_market
