{{ config(materialized='view') }}

with

-- Of several actions on one day the last one counts.
employee_action as (
    {{ latest_by(ref('stg_sap__employee_action'), ['employee_number', 'change_date', 'is_deleted'], ['sequence_number desc']) }}
),

ordered_action as (
    select
        *,
        lag(employment_status) over (partition by employee_number, is_deleted order by change_date) as previous_status,
        lead(change_date) over (partition by employee_number, is_deleted order by change_date) as next_date,
        max(_batch_id) over (partition by employee_number) as employee_batch_id
    from employee_action
),

judged_action as (
    select
        *,
        employment_status in ('active', 'paused') as is_employed,
        case
            when employment_status not in ('active', 'paused') then 'leave'
            when previous_status is null then 'join'
            when previous_status not in ('active', 'paused') then 'rejoin'
            when previous_status = 'active' and employment_status = 'paused' then 'pause'
            when previous_status = 'paused' and employment_status = 'active' then 'return'
            else 'move'
        end as change_type,
        case when employment_status in ('active', 'paused') then change_date else change_date - 1 end as place_date
    from ordered_action
),

-- A place holds until the next one begins, or until it ends.
place as (
    select
        *,
        least(
            end_date + 1,
            coalesce(lead(start_date) over (partition by employee_number order by start_date), date '9999-12-31')
        ) as valid_to
    from {{ ref('stg_sap__employee') }}
    where not is_deleted
),

place_batch as (
    select
        employee_number,
        max(_batch_id) as _batch_id
    from {{ ref('stg_sap__employee') }}
    group by employee_number
),

-- Who leaves, leaves the place of the day before; everybody else is where they are from that day on.
employment_change as (
    select
        judged_action.source_id,
        judged_action.employee_number,
        judged_action.change_date,
        least(judged_action.last_date, judged_action.next_date - 1) as last_date,
        judged_action.change_type,
        judged_action.employment_status,
        judged_action.is_employed,
        judged_action.action_code,
        judged_action.reason_code,
        place.company_code,
        place.cost_center_code,
        place.position_code,
        judged_action.is_deleted,
        greatest(judged_action.employee_batch_id, coalesce(place_batch._batch_id, 0)) as _batch_id
    from judged_action
    left join place
        on
            judged_action.employee_number = place.employee_number
            and judged_action.place_date >= place.start_date
            and judged_action.place_date < place.valid_to
    left join place_batch on judged_action.employee_number = place_batch.employee_number
)

select * from employment_change
