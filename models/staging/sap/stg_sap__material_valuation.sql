{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MBEW'), ['MATNR', 'BWKEY']) }}
),

-- The price that controls the valuation: the standard price (S) or the moving average (V). It holds for a number of units.
material_valuation as (
    select
        concat_ws('/', matnr, bwkey) as source_id,
        matnr as material_source_id,
        bwkey as valuation_area,
        cast(case vprsv when 'S' then stprs when 'V' then verpr end / nullif(peinh, 0) as decimal(18, 6)) as unit_cost,
        lbkum as valued_quantity,
        salk3 as stored_stock_value,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from material_valuation
