with

today as (
    select
        cast(as_of_date - interval 12 months as date) as year_before_date,
        cast(as_of_date - interval 24 months as date) as two_years_before_date
    from {{ ref('as_of') }}
),

two_years as (
    select
        customer_order.customer_key,
        sum(customer_order.net_amount_group) filter (where customer_order.order_date > today.year_before_date) as this_year,
        sum(customer_order.net_amount_group) filter (where customer_order.order_date <= today.year_before_date) as year_before
    from {{ ref('fct_sales_order') }} as customer_order
    cross join today
    where customer_order.order_date > today.two_years_before_date
    group by customer_order.customer_key
),

customer_trend as (
    select
        customer_key,
        cast(coalesce(this_year, 0) as decimal(18, 2)) as revenue_last_12_months_group,
        cast(coalesce(year_before, 0) as decimal(18, 2)) as revenue_previous_12_months_group
    from two_years
)

select * from customer_trend
