{{ config(incremental_strategy='append') }}

with

version as (
    select * from {{ source('raw_sap', 'MBEW') }}
),

-- The price that controls the valuation: the standard price (S) or the moving average (V). It holds for a number of units.
material_price_version as (
    select
        concat_ws('/', matnr, bwkey) as source_id,
        matnr as material_source_id,
        bwkey as valuation_area,
        cast(case vprsv when 'S' then stprs when 'V' then verpr end / nullif(peinh, 0) as decimal(18, 6)) as stored_unit_cost,
        cast(_extracted_at as date) as version_date,
        _op = 'delete' as is_deleted,
        _batch_id,
        _row_number
    from version
)

select * from material_price_version
