{{ config(meta={'made_of': ['employment_change']}) }}

with

person_month as (
    select
        source_system,
        employee_number,
        employment_month,
        company_key,
        coalesce(cost_center_code, 'Unknown') as cost_center_code,
        headcount,
        fte,
        joins,
        leaves
    from {{ ref('fct_employment_month') }}
),

bounds as (
    select
        min(employment_month) as first_month,
        max(employment_month) as last_month
    from person_month
),

-- Everybody in the months in which something is known of them, and in the month after one at whose end they were there.
place_in_time as (
    select
        source_system,
        employee_number,
        employment_month
    from person_month

    union

    select
        person_month.source_system,
        person_month.employee_number,
        cast(person_month.employment_month + interval 1 month as date) as employment_month
    from person_month
    cross join bounds
    where person_month.headcount = 1 and person_month.employment_month < bounds.last_month
),

-- Before the first month nobody was counted: who was there follows from what happened in it.
standing as (
    select
        place_in_time.employment_month,
        coalesce(present.company_key, past.company_key) as company_key,
        coalesce(present.cost_center_code, past.cost_center_code) as cost_center_code,
        coalesce(past.company_key, present.company_key) as past_company_key,
        coalesce(past.cost_center_code, present.cost_center_code) as past_cost_center_code,
        case
            when place_in_time.employment_month = bounds.first_month
                then greatest(0, least(1, present.headcount - present.joins + present.leaves))
            else coalesce(past.headcount, 0)
        end as was_there,
        coalesce(present.headcount, 0) as is_there,
        coalesce(present.fte, 0) as fte,
        coalesce(present.joins, 0) as joins
    from place_in_time
    cross join bounds
    left join person_month as present
        on
            place_in_time.source_system = present.source_system
            and place_in_time.employee_number = present.employee_number
            and place_in_time.employment_month = present.employment_month
    left join person_month as past
        on
            place_in_time.source_system = past.source_system
            and place_in_time.employee_number = past.employee_number
            and place_in_time.employment_month = past.employment_month + interval 1 month
),

flow as (
    select
        *,
        greatest(joins, is_there - was_there) as joined,
        was_there + greatest(joins, is_there - was_there) - is_there as gone,
        company_key <> past_company_key or cost_center_code <> past_cost_center_code as is_elsewhere
    from standing
),

-- Who leaves, leaves the place that they had last; who leaves and comes back in one month leaves the old place and joins the new one.
entry as (
    select
        employment_month,
        company_key,
        cost_center_code,
        case when is_elsewhere then 0 else was_there end as opening_heads,
        joined as joins,
        case when is_elsewhere and was_there = 1 and joined > 0 then gone - 1 else gone end as leaves,
        case when is_elsewhere and was_there = 1 and joined = 0 then 1 else 0 end as moves_in,
        0 as moves_out,
        is_there as closing_heads,
        fte
    from flow

    union all

    select
        employment_month,
        past_company_key as company_key,
        past_cost_center_code as cost_center_code,
        was_there as opening_heads,
        0 as joins,
        case when joined > 0 then 1 else 0 end as leaves,
        0 as moves_in,
        case when joined = 0 then 1 else 0 end as moves_out,
        0 as closing_heads,
        0 as fte
    from flow
    where is_elsewhere and was_there = 1
),

headcount as (
    select
        employment_month,
        company_key,
        cost_center_code,
        cast(sum(opening_heads) as bigint) as opening_heads,
        cast(sum(joins) as bigint) as joins,
        cast(sum(leaves) as bigint) as leaves,
        cast(sum(moves_in) as bigint) as moves_in,
        cast(sum(moves_out) as bigint) as moves_out,
        cast(sum(closing_heads) as bigint) as closing_heads,
        cast(sum(fte) as decimal(18, 4)) as closing_fte
    from entry
    group by employment_month, company_key, cost_center_code
),

headcount_month as (
    select
        headcount.employment_month,
        headcount.company_key,
        company.company_code,
        headcount.cost_center_code,
        center.cost_center_name,
        headcount.opening_heads,
        headcount.joins,
        headcount.leaves,
        headcount.moves_in,
        headcount.moves_out,
        headcount.closing_heads,
        headcount.closing_fte
    from headcount
    inner join {{ ref('dim_company') }} as company on headcount.company_key = company.company_key
    left join {{ ref('dim_cost_center') }} as center
        on
            company.source_system = center.source_system
            and headcount.cost_center_code = center.cost_center_code
            and center.is_current
)

select * from headcount_month
