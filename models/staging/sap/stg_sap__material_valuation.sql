{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MBEW'), ['MATNR', 'BWKEY']) }}
),

-- The standard price counts where it controls the valuation (S), and holds for a number of units.
material_valuation as (
    select
        concat_ws('/', matnr, bwkey) as source_id,
        matnr as material_source_id,
        bwkey as valuation_area,
        cast(case when vprsv = 'S' then stprs / nullif(peinh, 0) end as decimal(18, 6)) as unit_cost,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from material_valuation
