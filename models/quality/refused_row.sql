{{ config(materialized='incremental', incremental_strategy='append') }}

with

refused_row as (
    select
        batch_id,
        source_system,
        table_name,
        origin,
        line,
        rule,
        column_name,
        record_key
    from {{ source('control', 'refused_row') }}
)

select * from refused_row
