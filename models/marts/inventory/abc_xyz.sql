{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

month as (
    select distinct
        stock_month,
        stock_date
    from {{ ref('stock_month') }}
    where is_complete_month
),

demand as (
    select
        product_key,
        stock_month,
        sum(demand_quantity) as demand_quantity,
        sum(demand_value_group) as demand_value_group
    from {{ ref('movement_month') }}
    group by product_key, stock_month
),

revenue_day as (
    select
        product_key,
        order_date,
        sum(net_amount_group) as revenue_group
    from {{ ref('fct_sales_order_line') }}
    group by product_key, order_date
),

revenue as (
    select
        product_key,
        cast(date_trunc('month', order_date) as date) as stock_month,
        sum(revenue_group) as revenue_group
    from revenue_day
    group by product_key, stock_month
),

first_movement as (
    select
        product_key,
        min(stock_month) as first_month
    from {{ ref('movement_month') }}
    group by product_key
),

-- A month without demand is a month with no demand.
product_month as (
    select
        first_movement.product_key,
        month.stock_month,
        month.stock_date,
        coalesce(demand.demand_quantity, 0) as demand_quantity,
        coalesce(demand.demand_value_group, 0) as demand_value_group,
        coalesce(revenue.revenue_group, 0) as revenue_group
    from first_movement
    inner join month on first_movement.first_month <= month.stock_month
    left join demand on first_movement.product_key = demand.product_key and month.stock_month = demand.stock_month
    left join revenue on first_movement.product_key = revenue.product_key and month.stock_month = revenue.stock_month
),

look_back as (
    select
        product_key,
        stock_month,
        stock_date,
        count(*) over past as trailing_months,
        sum(demand_quantity) over past as demand_quantity,
        sum(demand_value_group) over past as demand_value_group,
        sum(revenue_group) over past as revenue_group,
        avg(cast(demand_quantity as double)) over past as monthly_demand_mean,
        stddev_pop(cast(demand_quantity as double)) over past as monthly_demand_deviation
    from product_month
    window past as (
        partition by product_key
        order by stock_month
        rows between {{ var('trailing_months') - 1 }} preceding and current row
    )
),

-- The share of those that are worth more: so the first is always A.
ranked as (
    select
        *,
        {%- for value in ['demand_value', 'revenue'] %}
        cast(
            coalesce(
                sum(greatest({{ value }}_group, 0)) over (
                    partition by stock_month order by {{ value }}_group desc, product_key
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as double
        ) / nullif(sum(greatest({{ value }}_group, 0)) over (partition by stock_month), 0) as {{ value }}_share_before,
        cast({{ value }}_group as double)
        / nullif(sum(greatest({{ value }}_group, 0)) over (partition by stock_month), 0) as {{ value }}_share,
        {%- endfor %}
        monthly_demand_deviation / nullif(monthly_demand_mean, 0) as demand_variation
    from look_back
),

classed as (
    select
        {%- for value in ['demand_value', 'revenue'] %}
        case
            when coalesce({{ value }}_group, 0) <= 0 then 'none'
            when {{ value }}_share_before < {{ var('abc_a_share') }} then 'A'
            when {{ value }}_share_before < {{ var('abc_b_share') }} then 'B'
            else 'C'
        end as {{ 'abc_class' if value == 'demand_value' else 'abc_revenue_class' }},
        {%- endfor %}
        *
    from ranked
),

abc_xyz as (
    select
        ranked.stock_month,
        ranked.stock_date,
        ranked.product_key,
        product.product_number,
        product.product_name,
        product.category_name,
        product.unit_of_measure,
        ranked.trailing_months,
        cast(ranked.demand_quantity as decimal(18, 3)) as demand_quantity,
        cast(ranked.demand_value_group as decimal(18, 2)) as demand_value_group,
        ranked.demand_value_share,
        cast(ranked.revenue_group as decimal(18, 2)) as revenue_group,
        ranked.revenue_share,
        ranked.monthly_demand_mean,
        ranked.monthly_demand_deviation,
        ranked.demand_variation,
        ranked.abc_class,
        ranked.abc_revenue_class,
        case
            when coalesce(ranked.monthly_demand_mean, 0) <= 0 then 'none'
            when ranked.trailing_months < {{ var('trailing_months') }} then 'new'
            when ranked.demand_variation <= {{ var('xyz_x_variation') }} then 'X'
            when ranked.demand_variation <= {{ var('xyz_y_variation') }} then 'Y'
            else 'Z'
        end as xyz_class,
        ranked.stock_month = max(ranked.stock_month) over () as is_current
    from classed as ranked
    left join {{ ref('dim_product') }} as product on ranked.product_key = product.product_key and product.is_current
)

select * from abc_xyz
