{{ config(materialized='incremental', incremental_strategy='append') }}

with

corrected_record as (
    select
        source_system,
        table_name,
        record_key,
        batch_id
    from {{ source('control', 'corrected_record') }}
)

select * from corrected_record
