with

attribution_month as (
    select
        attribution.won_month,
        attribution.attribution_model,
        coalesce(campaign.campaign_type, 'No campaign') as campaign_type,
        cast(sum(attribution.weight) as decimal(18, 6)) as attributed_deals,
        count(distinct attribution.opportunity_key) as touched_deals,
        cast(sum(attribution.attributed_amount_group) as decimal(18, 2)) as attributed_amount_group,
        cast(sum(attribution.attributed_margin_group) as decimal(18, 2)) as attributed_margin_group
    from {{ ref('attribution') }} as attribution
    inner join {{ ref('dim_campaign') }} as campaign on attribution.campaign_key = campaign.campaign_key
    group by attribution.won_month, attribution.attribution_model, coalesce(campaign.campaign_type, 'No campaign')
)

select * from attribution_month
