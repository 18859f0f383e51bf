{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'T001K'), ['BWKEY']) }}
),

valuation_area as (
    select
        bwkey as source_id,
        bukrs as company_code,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from valuation_area
