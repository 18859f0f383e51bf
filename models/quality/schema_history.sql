{{ config(materialized='incremental', incremental_strategy='append') }}

with

schema_history as (
    select
        batch_id,
        source_system,
        table_name,
        column_name,
        change,
        type_before,
        type_after
    from {{ source('control', 'column_change') }}
)

select * from schema_history
