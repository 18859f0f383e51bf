{{ config(materialized='view') }}

with

receipt as (
    select
        stock_movement_key,
        min(company_key) as company_key,
        min(concat_ws('/', document_number, fiscal_year)) as document,
        min(posting_date) as document_date,
        sum(quantity) as quantity
    from {{ ref('fct_goods_receipt_line') }}
    group by stock_movement_key, case when stock_movement_key is null then goods_receipt_line_key end
),

movement as (
    select
        stock_movement_key,
        company_key,
        concat_ws('/', document_number, fiscal_year) as document,
        posting_date as document_date,
        quantity
    from {{ ref('fct_stock_movement') }}
    where movement_kind in ('purchase_receipt', 'supplier_return') and purchase_order_line_key is not null
),

line as (
    select
        coalesce(movement.company_key, receipt.company_key) as company_key,
        date_trunc('month', coalesce(movement.document_date, receipt.document_date)) as document_month,
        coalesce(receipt.document, movement.document) as document,
        coalesce(receipt.quantity, 0) as expected,
        coalesce(movement.quantity, 0) as actual
    from receipt
    full join movement on receipt.stock_movement_key = movement.stock_movement_key
),

check_receipts_equal_purchase_movements as (
    select
        'receipts_equal_purchase_movements' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ month_text('line.document_month') }} as period,
        cast(sum(line.expected) as decimal(18, 2)) as expected,
        cast(sum(line.actual) as decimal(18, 2)) as actual,
        {{ list_text('line.document', 'line.expected <> line.actual') }} as documents
    from line
    left join {{ ref('dim_company') }} as company on line.company_key = company.company_key
    group by line.company_key, company.company_code, line.document_month
)

select * from check_receipts_equal_purchase_movements
