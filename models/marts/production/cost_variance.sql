{{ config(meta={'made_of': ['production_order', 'stock_movement']}) }}

with

production as (
    select * from {{ ref('yield_and_scrap') }}
    where is_completed
),

component as (
    select
        production_order_key,
        count(*) as components,
        count(*) filter (where unit_cost_group is null) as uncosted_components,
        sum(standard_cost_group) as standard_cost_group,
        sum(actual_cost_group) as actual_cost_group,
        sum(scrap_variance_group) as scrap_variance_group,
        sum(usage_variance_group) as usage_variance_group,
        sum(price_variance_group) as price_variance_group
    from {{ ref('cost_variance_component') }}
    group by production_order_key
),

output as (
    select
        production_order_key,
        sum(stock_value_group) as output_value_group
    from {{ ref('fct_stock_movement') }}
    where movement_kind = 'production_receipt'
    group by production_order_key
),

cost_variance as (
    select
        production.production_order_key,
        production.product_key,
        production.warehouse_key,
        production.company_key,
        production.production_order_number,
        production.product_number,
        production.product_name,
        production.category_name,
        production.warehouse_code,
        production.warehouse_name,
        production.company_code,
        production.finish_date,
        cast(date_trunc('month', production.finish_date) as date) as finish_month,
        production.planned_quantity,
        production.yield_quantity,
        production.scrap_quantity,
        coalesce(component.components, 0) as components,
        coalesce(component.uncosted_components, 0) as uncosted_components,
        cast(coalesce(component.standard_cost_group, 0) as decimal(18, 2)) as standard_cost_group,
        cast(coalesce(component.actual_cost_group, 0) as decimal(18, 2)) as actual_cost_group,
        cast(coalesce(component.scrap_variance_group, 0) as decimal(18, 2)) as scrap_variance_group,
        cast(coalesce(component.usage_variance_group, 0) as decimal(18, 2)) as usage_variance_group,
        cast(coalesce(component.price_variance_group, 0) as decimal(18, 2)) as price_variance_group,
        cast(coalesce(component.actual_cost_group, 0) - coalesce(component.standard_cost_group, 0) as decimal(18, 2))
            as cost_variance_group,
        cast(coalesce(component.actual_cost_group, 0) - coalesce(component.standard_cost_group, 0) as double)
        / nullif(component.standard_cost_group, 0) as cost_variance_rate,
        cast(coalesce(output.output_value_group, 0) as decimal(18, 2)) as output_value_group,
        cast(coalesce(output.output_value_group, 0) - coalesce(component.actual_cost_group, 0) as decimal(18, 2))
            as value_added_group
    from production
    left join component on production.production_order_key = component.production_order_key
    left join output on production.production_order_key = output.production_order_key
)

select * from cost_variance
