{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'T001W'), ['WERKS']) }}
),

plant as (
    select
        werks as source_id,
        werks as warehouse_code,
        {{ clean_text('name1') }} as warehouse_name,
        {{ clean_text('bwkey') }} as valuation_area,
        {{ clean_text('pstlz') }} as postcode,
        {{ clean_text('ort01') }} as city,
        {{ clean_text('land1') }} as country_code,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from plant
