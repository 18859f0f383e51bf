{{ config(materialized='view') }}

with

item as (
    select * from {{ ref('stg_sap__invoice_item') }}
),

-- A credit memo (O, 6), and what takes back an invoice (N), count negatively; what takes back a credit memo (S) positively.
header as (
    select
        *,
        case
            when document_category in ('O', '6') then 'credit_note'
            when document_category = 'N' then 'invoice_cancellation'
            when document_category = 'S' then 'credit_note_cancellation'
            when document_category = 'P' then 'debit_note'
            when document_category in ('M', '5') then 'invoice'
        end as invoice_type,
        cast(case when document_category in ('O', '6', 'N') then -1 else 1 end as integer) as sign
    from {{ ref('stg_sap__invoice_header') }}
),

cancelled_header as (
    select
        source_id,
        case when not is_deleted then invoice_date end as invoice_date,
        _batch_id
    from {{ ref('stg_sap__invoice_header') }}
),

shift as (
    {{ sap_currency_shift() }}
),

-- A cancellation is translated at the rate of the invoice that it takes back, so that nothing is left of the two.
-- A pro forma invoice (category U) asks for nothing.
invoice_line as (
    select
        item.source_id,
        item.invoice_number,
        item.line_number,
        header.invoice_type,
        header.is_cancelled,
        header.invoice_type in ('invoice_cancellation', 'credit_note_cancellation') as is_cancellation,
        header.cancelled_invoice_source_id,
        item.order_line_source_id as sales_order_line_source_id,
        item.delivery_line_source_id,
        header.journal_entry_source_id,
        header.company_code,
        header.customer_source_id,
        header.payer_source_id,
        header.payment_terms_code,
        item.product_number,
        item.warehouse_code,
        header.invoice_date,
        coalesce(cancelled_header.invoice_date, header.invoice_date) as rate_date,
        cast(header.sign * item.billed_quantity as decimal(18, 3)) as quantity,
        item.unit_of_measure,
        header.document_currency,
        cast(header.sign * item.stored_net_amount * coalesce(shift.factor, 1) as decimal(18, 2)) as net_amount_document,
        cast(header.sign * item.stored_tax_amount * coalesce(shift.factor, 1) as decimal(18, 2)) as tax_amount_document,
        cast(header.sign * item.stored_cost_amount * coalesce(shift.factor, 1) as decimal(18, 2)) as cost_amount_document,
        item.is_deleted or coalesce(header.is_deleted or header.invoice_type is null, true) as is_deleted,
        greatest(
            item._batch_id, coalesce(header._batch_id, 0), coalesce(cancelled_header._batch_id, 0), coalesce(shift._batch_id, 0)
        ) as _batch_id
    from item
    left join header on item.invoice_source_id = header.source_id
    left join cancelled_header on header.cancelled_invoice_source_id = cancelled_header.source_id
    left join shift on header.document_currency = shift.currency_code
)

select * from invoice_line
