{{ config(materialized='view') }}

with

-- Suppliers' invoices (VGABE 2).
supplier_invoice_line as (
    select
        source_id,
        document_number,
        fiscal_year,
        line_number,
        purchase_order_line_source_id,
        supplier_reference,
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
    where transaction_type = '2'
)

select * from supplier_invoice_line
