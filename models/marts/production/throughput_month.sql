{{ config(meta={'made_of': ['production_order', 'stock_movement']}) }}

with

finished as (
    select
        production.product_key,
        production.warehouse_key,
        cast(date_trunc('month', production.finish_date) as date) as finish_month,
        production.planned_quantity,
        production.yield_quantity,
        production.scrap_quantity,
        production.throughput_days,
        production.planned_days,
        cost.actual_cost_group,
        cost.output_value_group
    from {{ ref('yield_and_scrap') }} as production
    left join {{ ref('cost_variance') }} as cost on production.production_order_key = cost.production_order_key
    where production.is_completed and production.finish_date is not null
),

month as (
    select
        finish_month,
        product_key,
        warehouse_key,
        count(*) as finished_orders,
        cast(sum(planned_quantity) as decimal(18, 3)) as planned_quantity,
        cast(sum(yield_quantity) as decimal(18, 3)) as yield_quantity,
        cast(sum(scrap_quantity) as decimal(18, 3)) as scrap_quantity,
        avg(throughput_days) as average_throughput_days,
        avg(planned_days) as average_planned_days,
        cast(sum(coalesce(actual_cost_group, 0)) as decimal(18, 2)) as actual_cost_group,
        cast(sum(coalesce(output_value_group, 0)) as decimal(18, 2)) as output_value_group
    from finished
    group by finish_month, product_key, warehouse_key
),

named as (
    {{ with_stock_names('month') }}
),

throughput_month as (
    select
        finish_month,
        product_key,
        warehouse_key,
        company_key,
        product_number,
        product_name,
        category_name,
        unit_of_measure,
        warehouse_code,
        warehouse_name,
        company_code,
        finished_orders,
        planned_quantity,
        yield_quantity,
        scrap_quantity,
        cast(yield_quantity as double) / nullif(yield_quantity + scrap_quantity, 0) as yield_rate,
        cast(scrap_quantity as double) / nullif(yield_quantity + scrap_quantity, 0) as scrap_rate,
        average_throughput_days,
        average_planned_days,
        actual_cost_group,
        output_value_group
    from named
)

select * from throughput_month
