{{ config(materialized='view') }}

with

plant as (
    select
        warehouse_code,
        valuation_area
    from {{ ref('stg_sap__plant') }}
    where not is_deleted
),

currency as (
    select
        area.source_id as valuation_area,
        company.company_currency
    from {{ ref('stg_sap__valuation_area') }} as area
    inner join {{ ref('stg_sap__company') }} as company on area.company_code = company.source_id
    where not area.is_deleted and not company.is_deleted
),

shift as (
    {{ sap_currency_shift() }}
),

-- A valuation area is a plant, or all plants of a company.
product_cost_version as (
    select
        concat_ws('/', price.material_source_id, plant.warehouse_code) as source_id,
        {{ unpadded('price.material_source_id') }} as product_number,
        plant.warehouse_code,
        cast(price.stored_unit_cost * coalesce(shift.factor, 1) as decimal(18, 6)) as unit_cost_company,
        currency.company_currency,
        price.version_date,
        price.is_deleted,
        price._batch_id,
        price._row_number
    from {{ ref('stg_sap__material_price_version') }} as price
    inner join plant on price.valuation_area = plant.valuation_area
    left join currency on price.valuation_area = currency.valuation_area
    left join shift on currency.company_currency = shift.currency_code
)

select * from product_cost_version
