{{ config(materialized='view') }}

with

-- What SAP adds up in the order (AFKO) of all its confirmations; an order without any has confirmed nothing.
production_confirmation as (
    select
        source_id,
        source_id as production_order_source_id,
        coalesce(finish_date, start_date) as confirmation_date,
        yield_quantity,
        scrap_quantity,
        unit_of_measure,
        finish_date is not null as is_final,
        is_deleted or coalesce(yield_quantity, 0) + coalesce(scrap_quantity, 0) = 0 as is_deleted,
        _batch_id
    from {{ ref('stg_sap__production_header') }}
)

select * from production_confirmation
