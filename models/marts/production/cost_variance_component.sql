{{ config(meta={'made_of': ['production_order', 'stock_movement']}) }}

with

production as (
    select * from {{ ref('fct_production_order') }}
    where is_completed
),

-- The bill of material as of the planned start. A line that was taken out of it held until then.
standard as (
    select
        production.production_order_key,
        component.product_key,
        cost.unit_cost_group,
        sum(line.quantity * (1 + coalesce(line.scrap_rate, 0))) as unit_quantity,
        sum(line.quantity * (1 + coalesce(line.scrap_rate, 0)) * production.yield_quantity) as yield_quantity,
        sum(line.quantity * (1 + coalesce(line.scrap_rate, 0)) * (production.yield_quantity + production.scrap_quantity))
            as made_quantity
    from production
    inner join {{ ref('bill_of_material_line') }} as line
        on
            production.source_system = line.source_system
            and production.bill_of_material_number = line.bill_of_material_number
            and not line.is_deleted
            and line.is_removed = (production.planned_start_date < line.valid_from)
    inner join {{ ref('dim_product') }} as component
        on
            line.source_system = component.source_system
            and line.product_number = component.product_number
            and component.is_current
    left join {{ ref('dim_product_cost') }} as cost
        on
            component.product_key = cost.product_key
            and production.planned_start_date >= cost.valid_from
            and production.planned_start_date < cost.valid_to
    group by production.production_order_key, component.product_key, cost.unit_cost_group
),

actual as (
    select
        consumption.production_order_key,
        consumption.product_key,
        max(cost.unit_cost_group) as unit_cost_group,
        sum(consumption.quantity) as quantity,
        sum(consumption.cost_amount_group) as cost_amount_group
    from {{ ref('fct_production_consumption') }} as consumption
    inner join production on consumption.production_order_key = production.production_order_key
    left join {{ ref('dim_product_cost') }} as cost
        on
            consumption.product_key = cost.product_key
            and production.planned_start_date >= cost.valid_from
            and production.planned_start_date < cost.valid_to
    group by consumption.production_order_key, consumption.product_key
),

compared as (
    select
        coalesce(standard.production_order_key, actual.production_order_key) as production_order_key,
        coalesce(standard.product_key, actual.product_key) as product_key,
        coalesce(standard.unit_cost_group, actual.unit_cost_group) as unit_cost_group,
        standard.unit_quantity,
        coalesce(standard.yield_quantity, 0) as yield_quantity,
        coalesce(standard.made_quantity, 0) as made_quantity,
        coalesce(actual.quantity, 0) as quantity,
        coalesce(actual.cost_amount_group, 0) as cost_amount_group
    from standard
    full join actual
        on standard.production_order_key = actual.production_order_key and standard.product_key = actual.product_key
),

-- Each part is rounded once; the price variance has what is left, so that the three add up.
valued as (
    select
        *,
        cast(yield_quantity * unit_cost_group as decimal(18, 2)) as standard_cost_group,
        cast((made_quantity - yield_quantity) * unit_cost_group as decimal(18, 2)) as scrap_variance_group,
        cast((quantity - made_quantity) * unit_cost_group as decimal(18, 2)) as usage_variance_group
    from compared
),

cost_variance_component as (
    select
        valued.production_order_key,
        valued.product_key,
        product.product_number,
        product.product_name,
        product.unit_of_measure,
        valued.unit_quantity is not null as is_in_bill_of_material,
        cast(valued.yield_quantity as decimal(18, 3)) as standard_quantity,
        cast(valued.quantity as decimal(18, 3)) as consumed_quantity,
        valued.unit_cost_group,
        valued.standard_cost_group,
        cast(valued.cost_amount_group as decimal(18, 2)) as actual_cost_group,
        valued.scrap_variance_group,
        valued.usage_variance_group,
        cast(
            valued.cost_amount_group - valued.standard_cost_group - valued.scrap_variance_group - valued.usage_variance_group
            as decimal(18, 2)
        ) as price_variance_group
    from valued
    left join {{ ref('dim_product') }} as product on valued.product_key = product.product_key and product.is_current
)

select * from cost_variance_component
