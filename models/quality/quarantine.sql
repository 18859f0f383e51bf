{{ config(materialized='view') }}

with

refused_row as (
    select * from {{ ref('refused_row') }}
),

corrected_record as (
    select * from {{ ref('corrected_record') }}
),

judged_row as (
    select
        refused_row.source_system,
        refused_row.table_name,
        refused_row.rule,
        refused_row.batch_id,
        refused_row.line,
        max(corrected_record.batch_id) is not null as is_corrected
    from refused_row
    left join corrected_record
        on
            refused_row.source_system = corrected_record.source_system
            and refused_row.table_name = corrected_record.table_name
            and refused_row.record_key = corrected_record.record_key
            and refused_row.batch_id <= corrected_record.batch_id
    group by all
),

quarantine as (
    select
        source_system,
        table_name,
        rule,
        count(*) as rows_refused,
        count(*) filter (where is_corrected) as rows_corrected,
        count(*) filter (where not is_corrected) as rows_open,
        min(batch_id) as first_batch_id,
        max(batch_id) as last_batch_id
    from judged_row
    group by all
)

select * from quarantine
