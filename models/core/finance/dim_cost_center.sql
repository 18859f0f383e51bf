with

-- A version holds until the next one starts; the first one also for everything before it, the last one for ever.
version as (
    select
        *,
        min(start_date) over (partition by source_system, controlling_area, cost_center_code) as first_start,
        lead(start_date) over (
            partition by source_system, controlling_area, cost_center_code order by start_date, source_id
        ) as next_start
    from {{ ref('cost_center') }}
    where not is_deleted and start_date is not null
),

known_cost_center as (
    select
        {{ surrogate_key(["'cost_center'", 'source_system', 'controlling_area', 'cost_center_code']) }} as cost_center_key,
        {{ surrogate_key(["'cost_center_version'", 'source_system', 'source_id']) }} as cost_center_version_key,
        source_system,
        source_id,
        controlling_area,
        company_code,
        cost_center_code,
        coalesce(cost_center_name, cost_center_code) as cost_center_name,
        cost_center_category,
        responsible_person,
        case when start_date = first_start then date '1900-01-01' else start_date end as valid_from,
        coalesce(next_start, date '9999-12-31') as valid_to,
        next_start is null as is_current
    from version
    where next_start is null or next_start > start_date
),

unknown_cost_center as (
    select
        -1 as cost_center_key,
        -1 as cost_center_version_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as source_id,
        cast(null as varchar) as controlling_area,
        cast(null as varchar) as company_code,
        cast(null as varchar) as cost_center_code,
        'Unknown' as cost_center_name,
        cast(null as varchar) as cost_center_category,
        cast(null as varchar) as responsible_person,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        true as is_current
),

dim_cost_center as (
    select * from known_cost_center

    union all

    select * from unknown_cost_center
)

select * from dim_cost_center
