{{ config(materialized='table') }}

with

erased_record as (
    select
        erasure_id,
        entity,
        source_system,
        source_id
    from {{ source('control', 'erased_record') }}
)

select * from erased_record
