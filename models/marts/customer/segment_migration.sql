{{ config(materialized='view') }}

with

snapshot as (
    select
        segment_month,
        segment_date,
        customer_key,
        segment_code,
        window_revenue_group
    from {{ ref('customer_segment_month') }}
),

-- Every month is compared with the one before, the last of a quarter with that of the quarter before, and with the year earlier.
step as (
    {%- for months in [1, 3, 12] %}
    select distinct
        segment_month,
        segment_date,
        {{ months }} as step_months,
        cast(segment_month - interval {{ months }} months as date) as from_month
    from snapshot
    {%- if months > 1 %}
    where extract(month from segment_month) in (3, 6, 9, 12)
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

known_step as (
    select * from step
    where from_month in (select segment_month from snapshot)
),

move as (
    select
        known_step.segment_month,
        known_step.segment_date,
        known_step.step_months,
        coalesce(earlier.segment_code, 'no_orders') as from_segment_code,
        later.segment_code as to_segment_code,
        later.window_revenue_group
    from known_step
    inner join snapshot as later on known_step.segment_month = later.segment_month
    left join snapshot as earlier
        on known_step.from_month = earlier.segment_month and later.customer_key = earlier.customer_key
),

segment_migration as (
    select
        move.segment_month,
        move.segment_date,
        move.step_months,
        move.from_segment_code,
        from_segment.segment_name as from_segment_name,
        move.to_segment_code,
        to_segment.segment_name as to_segment_name,
        cast(sign(from_segment.segment_order - to_segment.segment_order) as integer) as direction,
        count(*) as customers,
        cast(sum(move.window_revenue_group) as decimal(18, 2)) as window_revenue_group
    from move
    inner join {{ ref('rfm_segments') }} as from_segment on move.from_segment_code = from_segment.segment_code
    inner join {{ ref('rfm_segments') }} as to_segment on move.to_segment_code = to_segment.segment_code
    group by
        move.segment_month, move.segment_date, move.step_months, move.from_segment_code, from_segment.segment_name,
        move.to_segment_code, to_segment.segment_name, from_segment.segment_order, to_segment.segment_order
)

select * from segment_migration
