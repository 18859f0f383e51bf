with

campaign as (
    select
        *,
        least(start_date, cast(modified_at as date)) as rate_date
    from {{ ref('campaign') }}
    where not is_deleted
),

known_campaign as (
    select
        {{ surrogate_key(['campaign.source_system', 'campaign.source_id']) }} as campaign_key,
        campaign.source_system,
        campaign.source_id,
        coalesce(campaign.campaign_name, campaign.source_id) as campaign_name,
        campaign.campaign_type,
        campaign.campaign_status,
        parent.campaign_name as parent_campaign_name,
        campaign.start_date,
        campaign.end_date,
        campaign.is_active,
        campaign.document_currency,
        campaign.budgeted_cost_document,
        campaign.actual_cost_document,
        {{ rate_to_group('campaign.document_currency', 'rate.exchange_rate') }} as exchange_rate_group
    from campaign
    left join campaign as parent
        on campaign.source_system = parent.source_system and campaign.parent_campaign_source_id = parent.source_id
    left join {{ ref('exchange_rate_day') }} as rate
        on campaign.document_currency = rate.from_currency and campaign.rate_date = rate.rate_date
),

unknown_campaign as (
    select
        -1 as campaign_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as source_id,
        'Unknown' as campaign_name,
        cast(null as varchar) as campaign_type,
        cast(null as varchar) as campaign_status,
        cast(null as varchar) as parent_campaign_name,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_active,
        cast(null as varchar) as document_currency,
        cast(null as decimal(18, 2)) as budgeted_cost_document,
        cast(null as decimal(18, 2)) as actual_cost_document,
        cast(null as decimal(18, 9)) as exchange_rate_group
),

every_campaign as (
    select * from known_campaign

    union all

    select * from unknown_campaign
),

dim_campaign as (
    select
        *,
        {{ amount_in('budgeted_cost_document', 'exchange_rate_group') }} as budgeted_cost_group,
        {{ amount_in('actual_cost_document', 'exchange_rate_group') }} as actual_cost_group
    from every_campaign
)

select * from dim_campaign
