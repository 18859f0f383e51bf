{{ config(materialized='view') }}

with

movement_type as (
    select * from {{ ref('movement_types') }}
),

goods_movement as (
    select
        line.source_id,
        line.document_number,
        line.fiscal_year,
        line.line_number,
        line.posting_date,
        line.movement_type_code,
        case
            when movement_type.movement_kind != 'receipt' then movement_type.movement_kind
            when line.production_order_source_id is not null then 'production_receipt'
            when movement_type.movement_kind = 'receipt' then 'purchase_receipt'
            else 'other'
        end as movement_kind,
        line.product_number,
        line.warehouse_code,
        line.storage_location_code,
        line.other_warehouse_code,
        line.company_code,
        line.quantity,
        line.unit_of_measure,
        line.stored_amount,
        line.document_currency,
        line.ship_to_source_id,
        line.supplier_source_id,
        line.delivery_line_source_id,
        line.purchase_order_line_source_id,
        line.production_order_source_id,
        line.reversed_document_number,
        line.reversed_document_number is not null or coalesce(movement_type.is_reversal, false) as is_reversal,
        line.is_deleted,
        line._batch_id as row_batch_id
    from {{ ref('stg_sap__material_document_line') }} as line
    left join movement_type on line.movement_type_code = movement_type.movement_type_code
),

-- A new price changes the worth of what lies there, and moves nothing.
revaluation as (
    select
        source_id,
        document_number,
        fiscal_year,
        line_number,
        posting_date,
        cast(null as varchar) as movement_type_code,
        'revaluation' as movement_kind,
        product_number,
        warehouse_code,
        cast(null as varchar) as storage_location_code,
        cast(null as varchar) as other_warehouse_code,
        company_code,
        cast(0 as decimal(18, 3)) as quantity,
        cast(null as varchar) as unit_of_measure,
        stored_amount,
        document_currency,
        cast(null as varchar) as ship_to_source_id,
        cast(null as varchar) as supplier_source_id,
        cast(null as varchar) as delivery_line_source_id,
        cast(null as varchar) as purchase_order_line_source_id,
        cast(null as varchar) as production_order_source_id,
        cast(null as varchar) as reversed_document_number,
        false as is_reversal,
        is_deleted,
        _batch_id as row_batch_id
    from {{ ref('stg_sap__stock_revaluation') }}
),

movement as (
    select * from goods_movement

    union all

    select * from revaluation
),

shift as (
    {{ sap_currency_shift() }}
),

stock_movement as (
    select
        movement.*,
        cast(movement.stored_amount * coalesce(shift.factor, 1) as decimal(18, 2)) as stock_value_document,
        greatest(movement.row_batch_id, coalesce(shift._batch_id, 0)) as _batch_id
    from movement
    left join shift on movement.document_currency = shift.currency_code
)

select * from stock_movement
