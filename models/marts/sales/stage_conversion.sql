{{ config(meta={'made_of': ['opportunity']}) }}
{%- set open_stages = [
    'prospecting', 'qualification', 'needs_analysis', 'value_proposition', 'decision_makers', 'perception_analysis', 'proposal',
    'negotiation',
] %}

with

deal as (
    select * from {{ ref('fct_opportunity') }}
),

stage as (
    select distinct
        stage_code,
        stage_order
    from {{ ref('opportunity_stages') }}
    where not is_closed
),

-- A deal that skips a stage has not entered it; one that goes on to any later stage, or is won, has advanced.
entry as (
    {%- for stage in open_stages %}
    select
        '{{ stage }}' as stage_code,
        cast(date_trunc('month', first_{{ stage }}_date) as date) as cohort_month,
        {{ stage }}_days as days_in_stage,
        is_won
        {%- for later in open_stages[loop.index:] %}
        or first_{{ later }}_date is not null
        {%- endfor %} as is_advanced,
        is_closed,
        is_won,
        amount_group
    from deal
    where first_{{ stage }}_date is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        stage_code,
        cohort_month,
        count(*) as entered,
        count(*) filter (where is_advanced) as advanced,
        count(*) filter (where is_won) as won,
        count(*) filter (where is_closed and not is_won) as lost,
        count(*) filter (where is_closed and not is_won and not is_advanced) as lost_here,
        count(*) filter (where not is_closed and not is_advanced) as still_here,
        sum(amount_group) as entered_amount_group,
        sum(amount_group) filter (where is_won) as won_amount_group,
        {{ quantile('days_in_stage', 0.5) }} as median_days
    from entry
    group by stage_code, cohort_month
),

stage_conversion as (
    select
        counted.stage_code,
        stage.stage_order,
        counted.cohort_month,
        counted.entered,
        counted.advanced,
        counted.won,
        counted.lost,
        counted.lost_here,
        counted.still_here,
        cast(counted.advanced as double) / counted.entered as conversion_rate,
        cast(counted.won as double) / nullif(counted.won + counted.lost, 0) as win_rate,
        cast(coalesce(counted.entered_amount_group, 0) as decimal(18, 2)) as entered_amount_group,
        cast(coalesce(counted.won_amount_group, 0) as decimal(18, 2)) as won_amount_group,
        counted.median_days
    from counted
    left join stage on counted.stage_code = stage.stage_code
)

select * from stage_conversion
