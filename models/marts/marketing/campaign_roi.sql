{{ config(meta={'made_of': ['campaign']}) }}

with

touched as (
    select
        campaign_key,
        count(*) as members,
        count(*) filter (where has_responded) as responses,
        count(distinct lead_key) filter (where lead_key <> -1) as leads,
        max(touch_date) as last_touch_date
    from {{ ref('fct_campaign_touch') }}
    group by campaign_key
),

converted as (
    select
        touch.campaign_key,
        count(distinct lead_row.lead_key) as converted_leads
    from {{ ref('fct_campaign_touch') }} as touch
    inner join {{ ref('fct_lead') }} as lead_row on touch.lead_key = lead_row.lead_key
    where lead_row.is_converted
    group by touch.campaign_key
),

influenced as (
    select
        part.campaign_key,
        count(*) as influenced_deals,
        count(*) filter (where not deal.is_closed) as open_deals,
        sum(part.weight * deal.amount_group) filter (where not deal.is_closed) as pipeline_group
    from {{ ref('bridge_campaign_opportunity') }} as part
    inner join {{ ref('fct_opportunity') }} as deal on part.opportunity_key = deal.opportunity_key
    group by part.campaign_key
),

won as (
    select
        campaign_key,
        count(distinct opportunity_key) as touched_won_deals,
        sum(weight) as won_deals,
        sum(attributed_amount_group) as won_amount_group,
        sum(attributed_margin_group) as won_margin_group
    from {{ ref('attribution') }}
    where attribution_model = '{{ var("standard_attribution_model") }}'
    group by campaign_key
),

measured as (
    select
        campaign.campaign_key,
        campaign.campaign_name,
        campaign.campaign_type,
        campaign.campaign_status,
        campaign.parent_campaign_name,
        campaign.start_date,
        campaign.end_date,
        campaign.budgeted_cost_group,
        campaign.actual_cost_group,
        coalesce(touched.members, 0) as members,
        coalesce(touched.responses, 0) as responses,
        coalesce(touched.leads, 0) as leads,
        coalesce(converted.converted_leads, 0) as converted_leads,
        coalesce(influenced.influenced_deals, 0) as influenced_deals,
        coalesce(influenced.open_deals, 0) as open_deals,
        cast(coalesce(influenced.pipeline_group, 0) as decimal(18, 2)) as pipeline_group,
        coalesce(won.touched_won_deals, 0) as touched_won_deals,
        cast(coalesce(won.won_deals, 0) as decimal(18, 6)) as won_deals,
        cast(coalesce(won.won_amount_group, 0) as decimal(18, 2)) as won_amount_group,
        cast(coalesce(won.won_margin_group, 0) as decimal(18, 2)) as won_margin_group
    from {{ ref('dim_campaign') }} as campaign
    left join touched on campaign.campaign_key = touched.campaign_key
    left join converted on campaign.campaign_key = converted.campaign_key
    left join influenced on campaign.campaign_key = influenced.campaign_key
    left join won on campaign.campaign_key = won.campaign_key
),

campaign_roi as (
    select
        *,
        cast(responses as double) / nullif(members, 0) as response_rate,
        cast(converted_leads as double) / nullif(leads, 0) as conversion_rate,
        cast(actual_cost_group as double) / nullif(leads, 0) as cost_per_lead_group,
        cast(actual_cost_group as double) / nullif(won_deals, 0) as cost_per_won_deal_group,
        cast(won_amount_group as double) / nullif(actual_cost_group, 0) as revenue_return_rate,
        cast(won_margin_group - actual_cost_group as double) / nullif(actual_cost_group, 0) as roi_rate
    from measured
)

select * from campaign_roi
