with

change as (
    select
        source_system,
        modified_at
    from {{ ref('opportunity') }}

    union all

    select
        source_system,
        modified_at
    from {{ ref('opportunity_stage_change') }}
),

crm_known_day as (
    select
        source_system,
        cast(max(modified_at) as date) as known_date
    from change
    group by source_system
)

select * from crm_known_day
