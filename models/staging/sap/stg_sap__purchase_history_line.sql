{{ config(materialized='view') }}

with

history as (
    select * from {{ ref('stg_sap__purchase_history') }}
),

-- The news of an order count even when it is gone.
item as (
    select
        source_id,
        case when not is_deleted then product_number end as product_number,
        case when not is_deleted then warehouse_code end as warehouse_code,
        case when not is_deleted then unit_of_measure end as unit_of_measure,
        _batch_id
    from {{ ref('stg_sap__purchase_item') }}
),

header as (
    select
        source_id,
        case when not is_deleted then company_code end as company_code,
        case when not is_deleted then supplier_source_id end as supplier_source_id,
        _batch_id
    from {{ ref('stg_sap__purchase_header') }}
),

company as (
    select * from {{ ref('stg_sap__company') }}
),

-- What came of an order happened, whether or not the order is known.
purchase_history_line as (
    select
        history.source_id,
        history.transaction_type,
        history.document_number,
        history.fiscal_year,
        history.line_number,
        history.purchase_item_source_id as purchase_order_line_source_id,
        history.material_line_source_id as stock_movement_source_id,
        history.movement_type_code,
        history.supplier_reference,
        header.company_code,
        header.supplier_source_id,
        item.product_number,
        item.warehouse_code,
        history.posting_date,
        history.quantity,
        item.unit_of_measure,
        history.document_currency,
        cast(history.stored_amount_document * coalesce(shift.factor, 1) as decimal(18, 2)) as net_amount_document,
        cast(history.stored_amount_company * coalesce(company_shift.factor, 1) as decimal(18, 2)) as net_amount_company,
        history.quantity < 0 or history.stored_amount_document < 0 as is_reversal,
        history.is_deleted,
        greatest(
            history._batch_id,
            coalesce(item._batch_id, 0),
            coalesce(header._batch_id, 0),
            coalesce(company._batch_id, 0),
            coalesce(shift._batch_id, 0),
            coalesce(company_shift._batch_id, 0)
        ) as _batch_id
    from history
    left join item on history.purchase_item_source_id = item.source_id
    left join header on history.purchase_source_id = header.source_id
    left join company on header.company_code = company.source_id
    left join {{ sap_currency_shift_as('shift') }} on history.document_currency = shift.currency_code
    left join {{ sap_currency_shift_as('company_shift') }} on company.company_currency = company_shift.currency_code
)

select * from purchase_history_line
