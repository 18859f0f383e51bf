{{ config(meta={'made_of': ['opportunity']}) }}

with

deal as (
    select * from {{ ref('fct_opportunity') }}
),

closed as (
    select
        cast(date_trunc('month', closed_date) as date) as deal_month,
        employee_key,
        opportunity_type,
        lead_source,
        count(*) filter (where is_won) as won_deals,
        count(*) filter (where not is_won) as lost_deals,
        sum(amount_group) filter (where is_won) as won_amount_group,
        sum(amount_group) filter (where not is_won) as lost_amount_group,
        sum(sales_cycle_days) filter (where is_won) as won_cycle_days
    from deal
    where is_closed
    group by deal_month, employee_key, opportunity_type, lead_source
),

cohort as (
    select
        cast(date_trunc('month', created_date) as date) as deal_month,
        employee_key,
        opportunity_type,
        lead_source,
        count(*) as created_deals,
        count(*) filter (where is_won) as cohort_won_deals,
        count(*) filter (where is_closed and not is_won) as cohort_lost_deals,
        sum(amount_group) as created_amount_group,
        sum(amount_group) filter (where is_won) as cohort_won_amount_group
    from deal
    group by deal_month, employee_key, opportunity_type, lead_source
),

month as (
    select
        {%- for count in ['won_deals', 'lost_deals', 'won_cycle_days', 'created_deals', 'cohort_won_deals', 'cohort_lost_deals'] %}
        cast(coalesce({{ count }}, 0) as bigint) as {{ count }},
        {%- endfor %}
        {%- for amount in [
            'won_amount_group', 'lost_amount_group', 'created_amount_group', 'cohort_won_amount_group',
        ] %}
        cast(coalesce({{ amount }}, 0) as decimal(18, 2)) as {{ amount }},
        {%- endfor %}
        coalesce(closed.deal_month, cohort.deal_month) as deal_month,
        coalesce(closed.employee_key, cohort.employee_key) as employee_key,
        coalesce(closed.opportunity_type, cohort.opportunity_type) as opportunity_type,
        coalesce(closed.lead_source, cohort.lead_source) as lead_source
    from closed
    full outer join cohort
        on
            closed.deal_month = cohort.deal_month
            and closed.employee_key = cohort.employee_key
            and closed.opportunity_type is not distinct from cohort.opportunity_type
            and closed.lead_source is not distinct from cohort.lead_source
),

win_rate_month as (
    select
        deal_month,
        employee_key,
        opportunity_type,
        lead_source,
        won_deals,
        lost_deals,
        won_amount_group,
        lost_amount_group,
        cast(won_deals as double) / nullif(won_deals + lost_deals, 0) as win_rate,
        cast(won_amount_group as double) / nullif(won_amount_group + lost_amount_group, 0) as amount_win_rate,
        won_cycle_days,
        created_deals,
        cohort_won_deals,
        cohort_lost_deals,
        created_amount_group,
        cohort_won_amount_group,
        cast(cohort_won_deals as double) / nullif(created_deals, 0) as cohort_win_rate
    from month
)

select * from win_rate_month
