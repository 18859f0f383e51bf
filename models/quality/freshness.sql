with

placed_batch as (
    select
        *,
        row_number() over (partition by source_system, table_name order by batch_id desc) = 1 as is_last
    from {{ ref('load_account') }}
),

source_table as (
    select
        source_system,
        table_name,
        count(*) as batches,
        max(batch_id) as last_batch_id,
        max(landed_at) as last_landed_at,
        cast(min(extracted_at) as date) as first_extracted_date,
        cast(max(extracted_at) as date) as last_extracted_date,
        max(rows_current) filter (where is_last) as row_count
    from placed_batch
    group by source_system, table_name
),

-- What nobody wrote since yesterday is not late, as long as its system delivers and it is not more quiet than usual.
aged_table as (
    select
        source_table.*,
        greatest({{ days_after('as_of.as_of_date', 'source_table.last_extracted_date') }}, 0) as age_days,
        greatest(
            {{ days_after('as_of.as_of_date', 'max(source_table.last_extracted_date) over (partition by source_table.source_system)') }},
            0
        ) as system_age_days,
        {{ days_after('source_table.last_extracted_date', 'source_table.first_extracted_date') }}
        / nullif(source_table.batches - 1, 0) as usual_gap_days
    from source_table
    cross join {{ ref('as_of') }} as as_of
),

freshness as (
    select
        source_system,
        table_name,
        batches,
        last_batch_id,
        last_landed_at,
        last_extracted_date,
        row_count,
        age_days,
        system_age_days,
        usual_gap_days,
        case
            when system_age_days > {{ var('late_after_days') }} then 'late'
            when
                age_days > {{ var('late_after_days') }} and age_days > {{ var('late_after_gaps') }} * usual_gap_days
                then 'late'
            else 'ok'
        end as status
    from aged_table
)

select * from freshness
