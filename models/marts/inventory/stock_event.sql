{{ config(meta={'made_of': ['sales_order_line', 'purchase_order_line', 'production_order']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

-- What should have left or been made already is expected next: demand today, receipts tomorrow at the earliest.
sales as (
    select
        demand.product_key,
        demand.warehouse_key,
        'sales_order' as event_kind,
        concat_ws('/', demand.order_number, demand.line_number) as document,
        demand.due_date as planned_date,
        greatest(coalesce(demand.due_date, today.as_of_date), today.as_of_date) as expected_date,
        -demand.open_quantity as quantity
    from {{ ref('open_sales_demand') }} as demand
    cross join today
),

purchase as (
    select
        line.product_key,
        line.warehouse_key,
        'purchase_order' as event_kind,
        concat_ws('/', line.purchase_order_number, line.line_number) as document,
        line.promised_date as planned_date,
        cast(greatest(coalesce(line.promised_date, today.as_of_date), today.as_of_date + interval 1 day) as date) as expected_date,
        line.open_quantity as quantity
    from {{ ref('fct_purchase_order_line') }} as line
    cross join today
    where line.open_quantity > 0
),

open_order as (
    select * from {{ ref('fct_production_order') }}
    where not is_completed
),

production as (
    select
        production.product_key,
        production.warehouse_key,
        'production_order' as event_kind,
        production.production_order_number as document,
        production.planned_finish_date as planned_date,
        cast(greatest(production.planned_finish_date, today.as_of_date + interval 1 day) as date) as expected_date,
        production.planned_quantity - coalesce(production.received_quantity, 0) as quantity
    from open_order as production
    cross join today
    where production.planned_quantity > coalesce(production.received_quantity, 0)
),

-- Components are taken all at once when an order starts. A line that was taken out of the bill of material held until then.
component as (
    select
        product.product_key,
        production.warehouse_key,
        'component' as event_kind,
        production.production_order_number as document,
        production.planned_start_date as planned_date,
        greatest(production.planned_start_date, today.as_of_date) as expected_date,
        -cast(production.planned_quantity * line.quantity * (1 + coalesce(line.scrap_rate, 0)) as decimal(18, 3)) as quantity
    from open_order as production
    cross join today
    inner join {{ ref('bill_of_material_line') }} as line
        on
            production.source_system = line.source_system
            and production.bill_of_material_number = line.bill_of_material_number
            and not line.is_deleted
            and line.is_removed = (production.planned_start_date < line.valid_from)
    inner join {{ ref('dim_product') }} as product
        on line.source_system = product.source_system and line.product_number = product.product_number and product.is_current
    where production.start_date is null
),

event as (
    select * from sales

    union all

    select * from purchase

    union all

    select * from production

    union all

    select * from component
),

stock_event as (
    select
        product_key,
        warehouse_key,
        event_kind,
        document,
        planned_date,
        expected_date,
        cast(quantity as decimal(18, 3)) as quantity
    from event
)

select * from stock_event
