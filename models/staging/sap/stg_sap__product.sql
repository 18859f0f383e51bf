{{ config(materialized='view') }}

with

last_known as (
    {{ last_known(ref('stg_sap__product_version')) }}
),

product as (
    select
        source_id,
        product_number,
        product_name,
        category_code,
        unit_of_measure,
        is_deleted,
        _batch_id
    from last_known
)

select * from product
