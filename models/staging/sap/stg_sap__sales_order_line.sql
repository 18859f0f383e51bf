{{ config(materialized='view') }}

with

order_item as (
    select * from {{ ref('stg_sap__order_item') }}
),

order_header as (
    select * from {{ ref('stg_sap__order_header') }}
),

shift as (
    {{ sap_currency_shift() }}
),

-- Only orders count (category C): returns and requests for credit are no sales.
-- A line is gone when it is cancelled, or when its order is gone or has not come yet.
sales_order_line as (
    select
        order_item.source_id,
        order_item.order_number,
        order_item.line_number,
        order_header.company_code,
        order_header.customer_source_id,
        order_item.product_number,
        order_item.warehouse_code,
        order_header.order_date,
        cast(null as date) as ship_date,
        order_header.due_date,
        order_item.quantity,
        cast(order_item.stored_unit_price * coalesce(shift.factor, 1) as decimal(18, 6)) as unit_price_document,
        cast(order_item.stored_net_amount * coalesce(shift.factor, 1) as decimal(18, 2)) as net_amount_document,
        order_header.document_currency,
        order_header.quote_number,
        order_header.is_order_date_estimated,
        order_item.is_amount_corrected,
        order_item.is_cancelled
        and not order_item.is_deleted
        and coalesce(not order_header.is_deleted and order_header.document_category = 'C', false) as is_cancelled,
        order_item.is_deleted
        or order_item.is_cancelled
        or coalesce(order_header.is_deleted or order_header.document_category != 'C', true) as is_deleted,
        greatest(order_item._batch_id, coalesce(order_header._batch_id, 0), coalesce(shift._batch_id, 0)) as _batch_id
    from order_item
    left join order_header on order_item.order_source_id = order_header.source_id
    left join shift on order_header.document_currency = shift.currency_code
)

select * from sales_order_line
