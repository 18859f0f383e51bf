{{ config(meta={'made_of': ['opportunity']}) }}

with

movement as (
    select
        *,
        cast(date_trunc('month', movement_date) as date) as movement_month
    from {{ ref('pipeline_movement') }}
),

known_month as (
    select
        min(movement.movement_month) as first_day,
        max(as_of.as_of_month) as last_day
    from movement
    cross join {{ ref('as_of') }} as as_of
),

calendar as (
    {{ days_between('known_month', 'first_day', 'last_day') }}
),

pipeline_month as (
    select
        day as pipeline_month,
        cast(day + interval 1 month as date) - 1 as month_end
    from calendar
    where extract(day from day) = 1
),

moved as (
    select
        movement_month,
        {%- for kind in ['created', 'reopened', 'increased', 'decreased', 'currency', 'won', 'lost', 'removed'] %}
        coalesce(sum(amount_group) filter (where movement = '{{ kind }}'), 0) as {{ kind }}_group,
        {%- endfor %}
        {%- for kind in ['created', 'reopened', 'won', 'lost', 'removed'] %}
        coalesce(sum(abs(deals)) filter (where movement = '{{ kind }}'), 0) as {{ kind }}_deals,
        {%- endfor %}
        {%- for kind in ['postponed', 'pulled_in'] %}
        coalesce(sum(amount_group) filter (where movement = '{{ kind }}' and close_month = movement_month), 0) as {{ kind }}_group,
        {%- endfor %}
        sum(amount_group) as amount_group,
        sum(deals) as deals
    from movement
    group by movement_month
),

-- The pipeline of the month's last evening, as the snapshot has it: of a system that has not spoken since, the last one that it told.
month_evening as (
    select
        pipeline_month.pipeline_month,
        known.source_system,
        least(pipeline_month.month_end, known.known_date) as evening_date
    from pipeline_month
    cross join {{ ref('crm_known_day') }} as known
),

snapshot as (
    select
        month_evening.pipeline_month,
        sum(day.amount_group) as snapshot_group,
        count(*) as snapshot_deals
    from month_evening
    inner join {{ ref('fct_opportunity_day') }} as day
        on
            month_evening.source_system = day.source_system
            and month_evening.evening_date = day.pipeline_date
            and not day.is_closed
    group by month_evening.pipeline_month
),

added_up as (
    select
        pipeline_month.pipeline_month,
        moved.*,
        coalesce(sum(moved.amount_group) over (order by pipeline_month.pipeline_month), 0) as closing_group,
        coalesce(sum(moved.deals) over (order by pipeline_month.pipeline_month), 0) as closing_deals
    from pipeline_month
    left join moved on pipeline_month.pipeline_month = moved.movement_month
),

pipeline_waterfall as (
    select
        added_up.pipeline_month,
        cast(added_up.closing_group - coalesce(added_up.amount_group, 0) as decimal(18, 2)) as opening_group,
        {%- for kind in ['created', 'reopened', 'increased', 'decreased', 'currency', 'won', 'lost', 'removed'] %}
        cast(coalesce(added_up.{{ kind }}_group, 0) as decimal(18, 2)) as {{ kind }}_group,
        {%- endfor %}
        cast(added_up.closing_group as decimal(18, 2)) as closing_group,
        cast(coalesce(snapshot.snapshot_group, 0) as decimal(18, 2)) as snapshot_group,
        {%- for kind in ['postponed', 'pulled_in'] %}
        cast(coalesce(added_up.{{ kind }}_group, 0) as decimal(18, 2)) as {{ kind }}_group,
        {%- endfor %}
        cast(added_up.closing_deals - coalesce(added_up.deals, 0) as bigint) as opening_deals,
        {%- for kind in ['created', 'reopened', 'won', 'lost', 'removed'] %}
        cast(coalesce(added_up.{{ kind }}_deals, 0) as bigint) as {{ kind }}_deals,
        {%- endfor %}
        cast(added_up.closing_deals as bigint) as closing_deals,
        cast(coalesce(snapshot.snapshot_deals, 0) as bigint) as snapshot_deals
    from added_up
    left join snapshot on added_up.pipeline_month = snapshot.pipeline_month
)

select * from pipeline_waterfall
