{{ config(meta={'made_of': ['lead']}) }}

with

answer as (
    select distinct lead_key
    from {{ ref('fct_campaign_touch') }}
    where has_responded and lead_key <> -1
),

lead_way as (
    select
        cast(date_trunc('month', lead_row.created_date) as date) as created_month,
        coalesce(lead_row.lead_source, 'Unknown') as lead_source,
        lead_row.is_converted,
        lead_row.is_converted or coalesce(status.lead_step, 'contacted') <> 'open' as is_contacted,
        not lead_row.is_converted and status.lead_step = 'disqualified' as is_disqualified,
        answer.lead_key is not null as has_responded,
        lead_row.days_to_convert,
        deal.opportunity_key,
        deal.is_won,
        deal.is_closed,
        {{ days_after('deal.won_date', 'lead_row.created_date') }} as days_to_win,
        deal.amount_group
    from {{ ref('fct_lead') }} as lead_row
    left join answer on lead_row.lead_key = answer.lead_key
    left join {{ ref('lead_statuses') }} as status on lead_row.lead_status = status.lead_status
    left join {{ ref('fct_opportunity') }} as deal
        on lead_row.is_converted and lead_row.converted_opportunity_key = deal.opportunity_key
),

-- Every source in every month, so that a month without leads is seen.
month as (
    select distinct day.month_start as created_month
    from {{ ref('dim_date') }} as day
    where
        day.calendar_date >= (select min(created_month) from lead_way)
        and day.calendar_date <= (select as_of_date from {{ ref('as_of') }})
),

source as (
    select distinct lead_source from lead_way
),

cohort as (
    select
        month.created_month,
        source.lead_source,
        count(way.created_month) as leads,
        count(*) filter (where way.has_responded) as responded_leads,
        count(*) filter (where way.is_contacted) as contacted_leads,
        count(*) filter (where way.is_disqualified) as disqualified_leads,
        count(*) filter (where way.is_converted) as converted_leads,
        count(way.opportunity_key) as deals,
        count(*) filter (where way.is_closed) as closed_deals,
        count(*) filter (where way.is_won) as won_deals,
        cast(coalesce(sum(way.amount_group), 0) as decimal(18, 2)) as deal_amount_group,
        cast(coalesce(sum(way.amount_group) filter (where way.is_won), 0) as decimal(18, 2)) as won_amount_group,
        avg(way.days_to_convert) filter (where way.is_converted) as average_days_to_convert,
        avg(way.days_to_win) as average_days_to_win
    from month
    cross join source
    left join lead_way as way on month.created_month = way.created_month and source.lead_source = way.lead_source
    group by month.created_month, source.lead_source
),

funnel_month as (
    select
        *,
        cast(contacted_leads as double) / nullif(leads, 0) as contact_rate,
        cast(converted_leads as double) / nullif(leads, 0) as conversion_rate,
        cast(deals as double) / nullif(converted_leads, 0) as deal_rate,
        cast(won_deals as double) / nullif(closed_deals, 0) as win_rate,
        cast(won_deals as double) / nullif(leads, 0) as lead_to_win_rate
    from cohort
)

select * from funnel_month
