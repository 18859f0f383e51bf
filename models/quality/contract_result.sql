{{ config(materialized='incremental', incremental_strategy='append') }}

with

contract_result as (
    select
        rule_result.batch_id,
        batch.source_system,
        batch.table_name,
        rule_result.rule,
        rule_result.column_name,
        rule_result.severity,
        rule_result.rows_broken
    from {{ source('control', 'rule_result') }} as rule_result
    inner join {{ source('control', 'batch') }} as batch on rule_result.batch_id = batch.batch_id
)

select * from contract_result
