{{ config(meta={'made_of': ['sales_order_line']}) }}

with

sold as (
    select
        *,
        costed_revenue_group - cost_group as margin_group
    from {{ ref('product_month') }}
),

returned as (
    select
        cast(date_trunc('month', return_date) as date) as sales_month,
        product_key,
        sum(quantity) as returned_units,
        sum(net_amount_group) as returned_amount_group,
        count(*) as return_lines
    from {{ ref('fct_return_line') }}
    group by sales_month, product_key
),

month as (
    select
        coalesce(sold.sales_month, returned.sales_month) as sales_month,
        coalesce(sold.product_key, returned.product_key) as product_key,
        coalesce(sold.revenue_group, 0) as revenue_group,
        coalesce(sold.costed_revenue_group, 0) as costed_revenue_group,
        coalesce(sold.margin_group, 0) as margin_group,
        coalesce(sold.units, 0) as units,
        coalesce(sold.order_lines, 0) as order_lines,
        coalesce(returned.returned_units, 0) as returned_units,
        coalesce(returned.returned_amount_group, 0) as returned_amount_group,
        coalesce(returned.return_lines, 0) as return_lines
    from sold
    full outer join returned on sold.sales_month = returned.sales_month and sold.product_key = returned.product_key
),

product as (
    select * from {{ ref('dim_product') }}
    where is_current
),

product_performance as (
    select
        month.sales_month,
        month.product_key,
        product.product_number,
        product.product_name,
        product.category_name,
        product.subcategory_name,
        cast(month.revenue_group as decimal(18, 2)) as revenue_group,
        cast(month.units as decimal(18, 3)) as units,
        cast(month.order_lines as bigint) as order_lines,
        cast(month.costed_revenue_group as decimal(18, 2)) as costed_revenue_group,
        cast(month.margin_group as decimal(18, 2)) as margin_group,
        cast(month.margin_group as double) / nullif(month.costed_revenue_group, 0) as margin_rate,
        cast(month.returned_units as decimal(18, 3)) as returned_units,
        cast(month.returned_amount_group as decimal(18, 2)) as returned_amount_group,
        cast(month.return_lines as bigint) as return_lines,
        cast(month.returned_units as double) / nullif(month.units, 0) as return_rate,
        cast(last_year.revenue_group as decimal(18, 2)) as revenue_group_last_year,
        cast(last_year.units as decimal(18, 3)) as units_last_year,
        cast(month.revenue_group - last_year.revenue_group as double) / nullif(last_year.revenue_group, 0) as growth_rate,
        cast(month.revenue_group as double)
        / nullif(sum(month.revenue_group) over (partition by month.sales_month), 0) as revenue_share_rate,
        rank() over (partition by month.sales_month order by month.revenue_group desc) as revenue_rank,
        rank() over (partition by month.sales_month order by month.margin_group desc) as margin_rank
    from month
    left join month as last_year
        on month.product_key = last_year.product_key and month.sales_month = last_year.sales_month + interval 1 year
    left join product on month.product_key = product.product_key
)

select * from product_performance
