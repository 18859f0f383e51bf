{{ config(meta={'made_of': ['opportunity']}) }}

with

deal as (
    select * from {{ ref('won_deal') }}
),

-- A campaign that touched the customer before the win, and not too long before the deal began.
member_touch as (
    select
        deal.opportunity_key,
        touch.campaign_key,
        touch.campaign_touch_key,
        touch.touch_date,
        touch.touched_at
    from deal
    inner join {{ ref('fct_campaign_touch') }} as touch
        on
            deal.customer_key = touch.customer_key
            and deal.created_date - {{ var('campaign_influence_days') }} <= touch.touch_date
            and deal.won_date >= touch.touch_date
    where deal.customer_key <> -1
),

-- The campaign that the CRM names is a touch on the day on which the deal was opened, unless it is known to have touched the customer.
named_touch as (
    select
        deal.opportunity_key,
        deal.primary_campaign_key as campaign_key,
        -1 as campaign_touch_key,
        deal.created_date as touch_date,
        cast(deal.created_date as timestamp) as touched_at
    from deal
    left join member_touch
        on deal.opportunity_key = member_touch.opportunity_key and deal.primary_campaign_key = member_touch.campaign_key
    where deal.primary_campaign_key <> -1 and member_touch.opportunity_key is null
),

touch as (
    select * from member_touch

    union all

    select * from named_touch
),

-- A deal without a touch came by no campaign: it is there as one touch of the unknown campaign, so that deals add up.
deal_touch as (
    select
        deal.*,
        coalesce(touch.campaign_key, -1) as campaign_key,
        coalesce(touch.campaign_touch_key, -1) as campaign_touch_key,
        touch.touch_date,
        row_number() over (
            partition by deal.opportunity_key order by touch.touched_at, touch.campaign_touch_key, touch.campaign_key
        ) as touch_number,
        count(*) over (partition by deal.opportunity_key) as touches,
        cast(power(
            0.5,
            coalesce({{ days_after('deal.won_date', 'touch.touch_date') }}, 0)
            / cast({{ var('attribution_half_life_days') }} as double)
        ) as decimal(18, 15)) as freshness
    from deal
    left join touch on deal.opportunity_key = touch.opportunity_key
),

-- Decimals add up to the same in whatever order they come.
fresh_touch as (
    select
        *,
        sum(freshness) over (partition by opportunity_key) as total_freshness
    from deal_touch
),

{% set ends = var('attribution_end_rate') -%}
weighed_touch as (
    select
        touch.*,
        model.attribution_model,
        case
            when model.attribution_model = 'first_touch' and touch_number = 1 then 1
            when model.attribution_model = 'last_touch' and touch_number = touches then 1
            when model.attribution_model in ('first_touch', 'last_touch') then 0
            when model.attribution_model = 'linear' then 1 / cast(touches as double)
            when model.attribution_model = 'time_decay' then cast(freshness as double) / cast(total_freshness as double)
            when touches <= 2 then 1 / cast(touches as double)
            when touch_number in (1, touches) then {{ ends }}
            else (1 - 2 * {{ ends }}) / cast(touches - 2 as double)
        end as share
    from fresh_touch as touch
    cross join {{ ref('attribution_models') }} as model
),

shared_touch as (
    {{ share_out(
        'weighed_touch', 'share',
        {'weight': ['1', '0.000001'], 'attributed_amount': ['amount_group', '0.01'], 'attributed_margin': ['margin_group', '0.01']},
        ['opportunity_key', 'attribution_model'], ['touch_number'],
    ) }}
),

attribution as (
    select
        opportunity_key,
        attribution_model,
        cast(touch_number as integer) as touch_number,
        cast(touches as integer) as touches,
        campaign_key,
        campaign_touch_key,
        customer_key,
        company_key,
        touch_date,
        won_date,
        won_month,
        cast(weight as decimal(9, 6)) as weight,
        cast(attributed_amount as decimal(18, 2)) as attributed_amount_group,
        cast(attributed_margin as decimal(18, 2)) as attributed_margin_group
    from shared_touch
)

select * from attribution
