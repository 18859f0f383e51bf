{{ config(materialized='view') }}

with

item as (
    select * from {{ ref('stg_sap__purchase_item') }}
),

header as (
    select * from {{ ref('stg_sap__purchase_header') }}
),

-- What was promised in several parts is there when the last of them is.
schedule as (
    select
        purchase_item_source_id,
        min(promised_date) filter (where not is_deleted) as first_promised_date,
        max(promised_date) filter (where not is_deleted) as promised_date,
        cast(sum(scheduled_quantity) filter (where not is_deleted) as decimal(18, 3)) as scheduled_quantity,
        cast(sum(received_quantity) filter (where not is_deleted) as decimal(18, 3)) as received_quantity,
        max(_batch_id) as _batch_id
    from {{ ref('stg_sap__purchase_schedule') }}
    group by purchase_item_source_id
),

shift as (
    {{ sap_currency_shift() }}
),

-- Orders (category F) and scheduling agreements (L) count: requests for quotation (A) and contracts (K) order nothing.
purchase_order_line as (
    select
        item.source_id,
        item.purchase_order_number,
        item.line_number,
        header.company_code,
        header.supplier_source_id,
        header.payment_terms_code,
        item.product_number,
        item.warehouse_code,
        item.storage_location_code,
        header.order_date,
        schedule.first_promised_date,
        schedule.promised_date,
        item.quantity,
        schedule.scheduled_quantity,
        schedule.received_quantity,
        item.unit_of_measure,
        cast(item.stored_unit_price * coalesce(shift.factor, 1) as decimal(18, 6)) as unit_price_document,
        cast(item.stored_net_amount * coalesce(shift.factor, 1) as decimal(18, 2)) as net_amount_document,
        header.document_currency,
        item.is_delivery_completed,
        item.is_invoice_completed,
        item.is_blocked,
        item.is_amount_corrected,
        item.is_deleted
        or item.is_cancelled
        or coalesce(
            header.is_deleted or header.is_cancelled or coalesce(header.document_category, '') not in ('F', 'L'), true
        ) as is_deleted,
        greatest(
            item._batch_id, coalesce(header._batch_id, 0), coalesce(schedule._batch_id, 0), coalesce(shift._batch_id, 0)
        ) as _batch_id
    from item
    left join header on item.purchase_source_id = header.source_id
    left join schedule on item.source_id = schedule.purchase_item_source_id
    left join shift on header.document_currency = shift.currency_code
)

select * from purchase_order_line
