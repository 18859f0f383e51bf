{{ config(meta={'made_of': ['campaign_touch']}) }}

with

deal as (
    select
        opportunity_key,
        campaign_key as primary_campaign_key,
        customer_key,
        created_date - {{ var('campaign_influence_days') }} as first_date,
        coalesce(closed_date, date '9999-12-31') as last_date
    from {{ ref('fct_opportunity') }}
),

-- A campaign has a part in a deal when it touched the customer before the deal was closed, and not too long before it began.
influence as (
    select
        deal.opportunity_key,
        touch.campaign_key,
        deal.primary_campaign_key = touch.campaign_key as is_primary,
        touch.touch_date
    from deal
    inner join {{ ref('fct_campaign_touch') }} as touch
        on
            deal.customer_key = touch.customer_key
            and deal.first_date <= touch.touch_date
            and deal.last_date >= touch.touch_date
    where deal.customer_key <> -1

    union all

    select
        opportunity_key,
        primary_campaign_key as campaign_key,
        true as is_primary,
        cast(null as date) as touch_date
    from deal
    where primary_campaign_key <> -1
),

part as (
    select
        opportunity_key,
        campaign_key,
        bool_or(is_primary) as is_primary,
        count(touch_date) as touches,
        min(touch_date) as first_touch_date,
        max(touch_date) as last_touch_date
    from influence
    group by opportunity_key, campaign_key
),

ranked_part as (
    select
        *,
        row_number() over (
            partition by opportunity_key order by is_primary desc, first_touch_date asc, campaign_key asc
        ) as influence_rank,
        count(*) over (partition by opportunity_key) as campaigns,
        bool_or(is_primary) over (partition by opportunity_key) as has_primary
    from part
),

-- The primary campaign has half of a deal and the others share the rest; without one all share alike.
-- What rounding leaves over is the first one's.
shared_part as (
    select
        *,
        case
            when campaigns = 1 then cast(0 as decimal(9, 6))
            when has_primary then cast(floor(500000 / (campaigns - 1)) / 1000000 as decimal(9, 6))
            else cast(floor(1000000 / campaigns) / 1000000 as decimal(9, 6))
        end as share_of_others
    from ranked_part
),

bridge_campaign_opportunity as (
    select
        campaign_key,
        opportunity_key,
        is_primary,
        cast(influence_rank as integer) as influence_rank,
        cast(touches as integer) as touches,
        first_touch_date,
        last_touch_date,
        case
            when influence_rank = 1 then cast(1 - (campaigns - 1) * share_of_others as decimal(9, 6))
            else share_of_others
        end as weight
    from shared_part
)

select * from bridge_campaign_opportunity
