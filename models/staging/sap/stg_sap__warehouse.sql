{{ config(materialized='view') }}

with

warehouse as (
    select
        plant.source_id,
        plant.warehouse_code,
        plant.warehouse_name,
        case when not area.is_deleted then area.company_code end as company_code,
        plant.postcode,
        plant.city,
        plant.country_code,
        plant.is_deleted,
        greatest(plant._batch_id, coalesce(area._batch_id, 0)) as _batch_id
    from {{ ref('stg_sap__plant') }} as plant
    left join {{ ref('stg_sap__valuation_area') }} as area on plant.valuation_area = area.source_id
)

select * from warehouse
