{{ config(materialized='view') }}

with

item as (
    select * from {{ ref('stg_sap__delivery_item') }}
),

header as (
    select * from {{ ref('stg_sap__delivery_header') }}
),

warehouse as (
    select * from {{ ref('stg_sap__warehouse') }}
),

-- Only what goes out counts (category J); what comes back is another entity.
delivery_line as (
    select
        item.source_id,
        item.delivery_number,
        item.line_number,
        item.order_line_source_id as sales_order_line_source_id,
        warehouse.company_code,
        item.warehouse_code,
        item.storage_location_code,
        header.customer_source_id,
        header.ship_to_source_id,
        item.product_number,
        coalesce(header.issue_date, header.created_date) as delivery_date,
        header.planned_issue_date,
        header.promised_date,
        header.issue_date is not null as is_issued,
        item.quantity,
        item.unit_of_measure,
        item.is_deleted or coalesce(header.is_deleted or header.document_category != 'J', true) as is_deleted,
        greatest(item._batch_id, coalesce(header._batch_id, 0), coalesce(warehouse._batch_id, 0)) as _batch_id
    from item
    left join header on item.delivery_source_id = header.source_id
    left join warehouse on item.warehouse_code = warehouse.source_id
)

select * from delivery_line
