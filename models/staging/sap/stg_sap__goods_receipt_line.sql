{{ config(materialized='view') }}

with

-- Receipts of goods (VGABE 1).
goods_receipt_line as (
    select
        source_id,
        document_number,
        fiscal_year,
        line_number,
        purchase_order_line_source_id,
        stock_movement_source_id,
        movement_type_code,
        company_code,
        supplier_source_id,
        product_number,
        warehouse_code,
        posting_date,
        quantity,
        unit_of_measure,
        document_currency,
        net_amount_document,
        net_amount_company,
        is_reversal,
        is_deleted,
        _batch_id
    from {{ ref('stg_sap__purchase_history_line') }}
    where transaction_type = '1'
)

select * from goods_receipt_line
