{{ config(materialized='view') }}

with

item as (
    select * from {{ ref('stg_sap__delivery_item') }}
),

-- Few deliveries come back (category T), so all others are left out early. What is gone may have lost its category.
header as (
    select * from {{ ref('stg_sap__delivery_header') }}
    where coalesce(document_category, 'T') = 'T'
),

-- Its news count even when it is gone.
order_item as (
    select
        source_id,
        order_source_id,
        case when not is_deleted then reference_line_source_id end as reference_line_source_id,
        case when not is_deleted then stored_unit_price end as stored_unit_price,
        _batch_id
    from {{ ref('stg_sap__order_item') }}
),

order_header as (
    select
        source_id,
        case when not is_deleted then order_date end as order_date,
        case when not is_deleted then order_reason_code end as order_reason_code,
        case when not is_deleted then document_currency end as document_currency,
        _batch_id
    from {{ ref('stg_sap__order_header') }}
),

warehouse as (
    select * from {{ ref('stg_sap__warehouse') }}
),

shift as (
    {{ sap_currency_shift() }}
),

-- Their worth and the reason stand in the return order; without it they came back all the same.
return_line as (
    select
        item.source_id,
        item.delivery_number as return_number,
        item.line_number,
        item.order_line_source_id as return_order_line_source_id,
        order_item.reference_line_source_id as invoice_line_source_id,
        warehouse.company_code,
        item.warehouse_code,
        item.storage_location_code,
        header.customer_source_id,
        header.ship_to_source_id,
        item.product_number,
        coalesce(header.issue_date, header.created_date) as return_date,
        order_header.order_date as return_order_date,
        order_header.order_reason_code as return_reason_code,
        item.quantity,
        item.unit_of_measure,
        cast(
            item.quantity * cast(order_item.stored_unit_price * coalesce(shift.factor, 1) as decimal(18, 6)) as decimal(18, 2)
        ) as net_amount_document,
        order_header.document_currency,
        item.is_deleted or header.is_deleted or coalesce(header.document_category, '') != 'T' as is_deleted,
        greatest(
            item._batch_id,
            header._batch_id,
            coalesce(order_item._batch_id, 0),
            coalesce(order_header._batch_id, 0),
            coalesce(warehouse._batch_id, 0),
            coalesce(shift._batch_id, 0)
        ) as _batch_id
    from item
    inner join header on item.delivery_source_id = header.source_id
    left join order_item on item.order_line_source_id = order_item.source_id
    left join order_header on order_item.order_source_id = order_header.source_id
    left join warehouse on item.warehouse_code = warehouse.source_id
    left join shift on order_header.document_currency = shift.currency_code
)

select * from return_line
