{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MBEW'), ['MATNR', 'BWKEY']) }}
),

material_valuation as (
    select
        concat_ws('/', matnr, bwkey) as source_id,
        matnr as material_source_id,
        bwkey as valuation_area,
        lbkum as valued_quantity,
        salk3 as stored_stock_value,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from material_valuation
