-- Every living order line of every system is in the fact once, and the marts add up to the fact.
with

total as (
    select
        (select count(*) filter (where not is_deleted) from {{ ref('sales_order_line') }}) as conformed_lines,
        (select count(*) from {{ ref('fct_sales_order_line') }}) as fact_lines,
        (select sum(order_lines) from {{ ref('revenue_month') }}) as month_lines,
        (select sum(order_lines) from {{ ref('revenue_month_market') }}) as market_lines,
        (select sum(order_lines) from {{ ref('customer_360') }}) as customer_lines,
        (select sum(net_amount_group) from {{ ref('fct_sales_order_line') }}) as fact_revenue,
        (select sum(revenue_group) from {{ ref('revenue_month') }}) as month_revenue,
        (select sum(revenue_group) from {{ ref('revenue_month_market') }}) as market_revenue,
        (select sum(revenue_group) from {{ ref('customer_360') }}) as customer_revenue
)

select * from total
where
    conformed_lines is distinct from fact_lines
    or fact_lines is distinct from coalesce(month_lines, 0)
    or fact_lines is distinct from coalesce(market_lines, 0)
    or fact_lines is distinct from coalesce(customer_lines, 0)
    or fact_revenue is distinct from month_revenue
    or fact_revenue is distinct from market_revenue
    or coalesce(fact_revenue, 0) is distinct from coalesce(customer_revenue, 0)
