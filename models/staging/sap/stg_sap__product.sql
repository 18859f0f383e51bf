{{ config(materialized='view') }}

with

material as (
    select * from {{ ref('stg_sap__material') }}
),

product_name as (
    select
        material_source_id,
        coalesce(
            max(product_name) filter (where sap_language = 'E' and not is_deleted),
            max(product_name) filter (where sap_language = 'D' and not is_deleted)
        ) as product_name,
        max(_batch_id) as _batch_id
    from {{ ref('stg_sap__material_text') }}
    group by material_source_id
),

-- The news of an area or a company that does not count any more count all the same.
area as (
    select
        area.source_id as valuation_area,
        coalesce(
            company.company_currency = '{{ var("group_currency") }}' and not area.is_deleted and not company.is_deleted, false
        ) as is_in_group_currency,
        greatest(area._batch_id, coalesce(company._batch_id, 0)) as _batch_id
    from {{ ref('stg_sap__valuation_area') }} as area
    left join {{ ref('stg_sap__company') }} as company on area.company_code = company.source_id
),

-- A material that several plants value costs what the first of them says; those in another currency than the group's do not count.
product_cost as (
    select
        valuation.material_source_id,
        min_by(valuation.unit_cost, valuation.valuation_area) filter (
            where not valuation.is_deleted and area.is_in_group_currency
        ) as unit_cost,
        max(greatest(area._batch_id, case when area.is_in_group_currency then valuation._batch_id else 0 end)) as _batch_id
    from {{ ref('stg_sap__material_valuation') }} as valuation
    inner join area on valuation.valuation_area = area.valuation_area
    group by valuation.material_source_id
),

product as (
    select
        material.source_id,
        material.product_number,
        product_name.product_name,
        material.category_code,
        material.unit_of_measure,
        product_cost.unit_cost as unit_cost_group,
        cast(null as date) as start_date,
        material.is_deleted,
        material._batch_id as version_batch_id,
        greatest(material._batch_id, coalesce(product_name._batch_id, 0), coalesce(product_cost._batch_id, 0)) as _batch_id
    from material
    left join product_name on material.source_id = product_name.material_source_id
    left join product_cost on material.source_id = product_cost.material_source_id
)

select * from product
