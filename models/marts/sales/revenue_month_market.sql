{{ config(
    materialized='incremental',
    unique_key='order_month',
    pre_hook=[
        "{% if is_incremental() %}set variable markets_moved = ({{ markets_moved() }}){% endif %}",
        "{% if is_incremental() %}delete from {{ this }} where getvariable('markets_moved'){% endif %}",
    ],
    post_hook="delete from {{ this }} where order_lines = 0",
    meta={'made_of': ['sales_order_line']},
) }}
-- depends_on: {{ ref('changed_sales_cell') }}, {{ ref('product_category') }}
-- depends_on: {{ ref('changed_customer_country') }}, {{ ref('changed_product_category') }}

with

-- By day first: to tell the month of every line costs more than to add the line up.
sold_day as (
    select
        line.order_date,
        customer.country_code,
        product.category_name,
        sum(line.net_amount_group) as revenue_group,
        sum(line.net_amount_group) filter (where line.cost_amount_group is not null) as costed_revenue_group,
        sum(line.cost_amount_group) as cost_group,
        sum(line.quantity) as units,
        count(*) as order_lines,
        count(line.cost_amount_group) as costed_lines
    from {{ ref('fct_sales_order_line') }} as line
    inner join {{ ref('dim_customer') }} as customer on line.customer_version_key = customer.customer_version_key
    inner join {{ ref('dim_product') }} as product on line.product_version_key = product.product_version_key
    {%- if is_incremental() %}
    where getvariable('markets_moved')
    {%- endif %}
    group by line.order_date, customer.country_code, product.category_name
),

sold as (
    select
        cast(date_trunc('month', order_date) as date) as order_month,
        country_code,
        category_name,
        coalesce(revenue_group, 0) as revenue_group,
        coalesce(costed_revenue_group, 0) as costed_revenue_group,
        coalesce(cost_group, 0) as cost_group,
        coalesce(units, 0) as units,
        order_lines,
        costed_lines
    from sold_day
    {%- if is_incremental() %}

    union all

    select
        cell.sales_month as order_month,
        customer.country_code,
        product.category_name,
        cell.revenue_change_group as revenue_group,
        cell.costed_revenue_change_group as costed_revenue_group,
        cell.cost_change_group as cost_group,
        cell.units_change as units,
        cell.order_lines_change as order_lines,
        cell.costed_lines_change as costed_lines
    from {{ ref('changed_sales_cell') }} as cell
    inner join {{ ref('dim_customer') }} as customer on cell.customer_version_key = customer.customer_version_key
    inner join {{ ref('dim_product') }} as product on cell.product_version_key = product.product_version_key
    where not getvariable('markets_moved')

    union all

    -- Sums of decimals are exact: what was, and what came to it, is what all lines add up to.
    select
        order_month,
        country_code,
        category_name,
        revenue_group,
        coalesce(costed_revenue_group, 0) as costed_revenue_group,
        coalesce(costed_revenue_group - margin_group, 0) as cost_group,
        units,
        order_lines,
        costed_lines
    from {{ this }}
    where order_month in (select cell.sales_month from {{ ref('changed_sales_cell') }} as cell)
    {%- endif %}
),

market as (
    select
        order_month,
        country_code,
        category_name,
        sum(revenue_group) as revenue_group,
        sum(costed_revenue_group) as costed_revenue_group,
        sum(cost_group) as cost_group,
        sum(units) as units,
        sum(order_lines) as order_lines,
        sum(costed_lines) as costed_lines
    from sold
    group by order_month, country_code, category_name
),

revenue_month_market as (
    select
        market.order_month,
        market.country_code,
        coalesce(country.country_name, 'Unknown') as country_name,
        market.category_name,
        cast(market.revenue_group as decimal(18, 2)) as revenue_group,
        cast(case when market.costed_lines > 0 then market.costed_revenue_group end as decimal(18, 2)) as costed_revenue_group,
        cast(
            case when market.costed_lines > 0 then market.costed_revenue_group - market.cost_group end as decimal(18, 2)
        ) as margin_group,
        cast(market.units as decimal(18, 3)) as units,
        cast(market.order_lines as bigint) as order_lines,
        cast(market.costed_lines as bigint) as costed_lines
    from market
    left join {{ ref('countries') }} as country on market.country_code = country.country_code
)

select * from revenue_month_market
