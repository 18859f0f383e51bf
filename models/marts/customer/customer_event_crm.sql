{{ config(materialized='view') }}

with

-- A deal has one customer. The window names it so that a question for one customer reads the deals of that one.
stage_change as (
    select
        deal.customer_key,
        deal.opportunity_name,
        deal.exchange_rate_group,
        deal.source_system,
        deal.source_id as deal_source_id,
        change.source_id,
        change.changed_at,
        change.stage_name,
        change.amount_document,
        stage.is_closed,
        lag(change.stage_name) over (
            partition by deal.customer_key, deal.source_system, deal.source_id order by change.changed_at, change.source_id
        ) as previous_stage_name
    from {{ ref('opportunity_stage_change') }} as change
    inner join {{ ref('fct_opportunity') }} as deal
        on change.source_system = deal.source_system and change.opportunity_source_id = deal.source_id
    left join {{ ref('opportunity_stages') }} as stage on change.stage_name = stage.stage_name
    where not change.is_deleted
),

customer_event_crm as (
    select
        customer_key,
        created_at as event_at,
        'lead' as event_type,
        concat_ws(' ', 'Lead from', coalesce(lead_source, 'somewhere')) as title,
        cast(null as decimal(18, 2)) as amount_group,
        source_id as document_number,
        source_system,
        source_id
    from {{ ref('fct_lead') }}

    union all

    select
        customer_key,
        created_at as event_at,
        'deal_created' as event_type,
        opportunity_name as title,
        amount_group,
        source_id as document_number,
        source_system,
        source_id
    from {{ ref('fct_opportunity') }}

    union all

    select
        customer_key,
        changed_at as event_at,
        'deal_stage' as event_type,
        concat(opportunity_name, ': ', previous_stage_name, ' → ', stage_name) as title,
        cast(amount_document * exchange_rate_group as decimal(18, 2)) as amount_group,
        deal_source_id as document_number,
        source_system,
        source_id
    from stage_change
    where previous_stage_name <> stage_name and not coalesce(is_closed, false)

    union all

    select
        customer_key,
        coalesce(closed_at, cast(closed_date as timestamp)) as event_at,
        case when is_won then 'deal_won' else 'deal_lost' end as event_type,
        concat_ws(': ', opportunity_name, loss_reason) as title,
        amount_group,
        source_id as document_number,
        source_system,
        source_id
    from {{ ref('fct_opportunity') }}
    where is_closed

    union all

    select
        customer_key,
        cast(min(quote_date) as timestamp) as event_at,
        'quote' as event_type,
        concat('Quote ', quote_number, ' (', min(quote_status), ')') as title,
        cast(sum(net_amount_group) as decimal(18, 2)) as amount_group,
        quote_number as document_number,
        source_system,
        quote_number as source_id
    from {{ ref('fct_quote_line') }}
    group by customer_key, quote_number, source_system

    union all

    select
        customer_key,
        opened_at as event_at,
        'case_opened' as event_type,
        subject as title,
        cast(null as decimal(18, 2)) as amount_group,
        case_number as document_number,
        source_system,
        source_id
    from {{ ref('fct_case') }}

    union all

    select
        customer_key,
        closed_at as event_at,
        'case_closed' as event_type,
        subject as title,
        cast(null as decimal(18, 2)) as amount_group,
        case_number as document_number,
        source_system,
        source_id
    from {{ ref('fct_case') }}
    where closed_at is not null

    union all

    select
        customer_key,
        coalesce(completed_at, cast(interaction_date as timestamp)) as event_at,
        interaction_type as event_type,
        subject as title,
        cast(null as decimal(18, 2)) as amount_group,
        source_id as document_number,
        source_system,
        source_id
    from {{ ref('fct_interaction') }}

    union all

    select
        touch.customer_key,
        touch.touched_at as event_at,
        'campaign' as event_type,
        concat_ws(': ', campaign.campaign_name, touch.touch_status) as title,
        cast(null as decimal(18, 2)) as amount_group,
        campaign.source_id as document_number,
        touch.source_system,
        touch.source_id
    from {{ ref('fct_campaign_touch') }} as touch
    inner join {{ ref('dim_campaign') }} as campaign on touch.campaign_key = campaign.campaign_key
)

select * from customer_event_crm
