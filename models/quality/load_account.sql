{{ config(materialized='incremental', incremental_strategy='append') }}

with

load_account as (
    select
        batch_id,
        source_system,
        table_name,
        load as load_kind,
        origin,
        extracted_at,
        landed_at,
        rows_read,
        rows_quarantined,
        rows_admitted,
        rows_unchanged,
        rows_deleted,
        rows_current
    from {{ source('control', 'batch') }}
)

select * from load_account
