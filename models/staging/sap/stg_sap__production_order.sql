{{ config(materialized='view') }}

with

header as (
    select * from {{ ref('stg_sap__production_header') }}
),

-- The first item is what the order is for; others are by-products.
main_item as (
    select * from {{ ref('stg_sap__production_item') }}
    where line_number = '1'
),

warehouse as (
    select * from {{ ref('stg_sap__warehouse') }}
),

production_order as (
    select
        header.source_id,
        trim(leading '0' from header.source_id) as production_order_number,
        case
            when main_item.is_deleted then header.planned_product_number
            else coalesce(main_item.product_number, header.planned_product_number)
        end as product_number,
        header.bill_of_material_number,
        main_item.warehouse_code,
        warehouse.company_code,
        header.planned_start_date,
        header.planned_finish_date,
        header.start_date,
        header.finish_date,
        header.planned_quantity,
        header.yield_quantity,
        header.scrap_quantity,
        main_item.received_quantity,
        header.unit_of_measure,
        coalesce(main_item.is_completed, false) as is_completed,
        header.is_deleted,
        greatest(header._batch_id, coalesce(main_item._batch_id, 0), coalesce(warehouse._batch_id, 0)) as _batch_id
    from header
    left join main_item on header.source_id = main_item.production_order_source_id
    left join warehouse on main_item.warehouse_code = warehouse.source_id
)

select * from production_order
