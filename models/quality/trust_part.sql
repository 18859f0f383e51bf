{{ config(materialized='view') }}

with

lineage as (
    select * from {{ ref('lineage') }}
),

mart as (
    select distinct
        relation as mart,
        split_part(relation, '.', 1) as subject
    from lineage
    where relation_kind = 'model' and split_part(relation, '.', 1) in ({{ "'" ~ var('mart_schemas') | join("', '") ~ "'" }})
),

-- The mart itself and all that it is made of.
part_of as (
    select
        mart,
        subject,
        mart as relation
    from mart

    union all

    select
        mart.mart,
        mart.subject,
        lineage.upstream as relation
    from mart
    inner join lineage on mart.mart = lineage.relation
),

late as (
    select
        part_of.mart,
        'freshness' as part,
        avg(case when freshness.status = 'late' then 1.0 else 0.0 end) as rate
    from part_of
    inner join {{ ref('freshness') }} as freshness
        on part_of.relation = 'raw_' || freshness.source_system || '.' || freshness.table_name
    group by part_of.mart
),

last_outcome as (
    {{ latest_by(ref('test_history'), ['check_name'], ['last_at desc', 'first_at desc']) }}
),

test_of_mart as (
    select distinct
        part_of.mart,
        last_outcome.check_name,
        last_outcome.status
    from part_of
    inner join lineage on part_of.relation = lineage.upstream and lineage.relation_kind = 'test' and lineage.is_direct
    inner join last_outcome on lineage.relation = last_outcome.check_name
),

failed as (
    select
        mart,
        'tests' as part,
        avg(case when status = 'pass' then 0.0 else 1.0 end) as rate
    from test_of_mart
    group by mart
),

-- What a check is off, as a share of what it compares: the check that is off most counts.
weighed_check as (
    select
        check_name,
        cast(sum(abs(difference)) as double)
        / nullif(sum(greatest(abs(coalesce(expected, 0)), abs(coalesce(actual, 0)))), 0) as rate
    from {{ ref('reconciliation') }}
    group by check_name
),

broken as (
    select
        mart.mart,
        'reconciliation' as part,
        max(weighed_check.rate) as rate
    from mart
    inner join {{ ref('reconciliation_checks') }} as checks
        on
            mart.subject = checks.subject
            or exists (
                select 1 from lineage
                where lineage.relation = 'quality.check_' || checks.check_name and lineage.upstream = mart.mart
            )
    inner join weighed_check on checks.check_name = weighed_check.check_name
    group by mart.mart
),

refused as (
    select
        source_system,
        table_name,
        sum(rows_open) as rows_open
    from {{ ref('quarantine') }}
    group by source_system, table_name
),

kept_out as (
    select
        part_of.mart,
        'quarantine' as part,
        sum(coalesce(refused.rows_open, 0)) / nullif(sum(freshness.row_count + coalesce(refused.rows_open, 0)), 0) as rate
    from part_of
    inner join {{ ref('freshness') }} as freshness
        on part_of.relation = 'raw_' || freshness.source_system || '.' || freshness.table_name
    left join refused on freshness.source_system = refused.source_system and freshness.table_name = refused.table_name
    group by part_of.mart
),

measured as (
    select * from late
    union all
    select * from failed
    union all
    select * from broken
    union all
    select * from kept_out
),

trust_part as (
    select
        mart.mart,
        mart.subject,
        parts.part,
        cast(measured.rate as double) as rate,
        parts.tolerated_rate,
        parts.weight,
        cast(1 - least(coalesce(measured.rate, 0) / parts.tolerated_rate, 1) as double) as health
    from mart
    cross join {{ ref('trust_parts') }} as parts
    left join measured on mart.mart = measured.mart and parts.part = measured.part
)

select * from trust_part
