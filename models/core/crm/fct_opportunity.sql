{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'opportunity_key', ref('changed_opportunity')) }}",
    meta={'made_of': ['opportunity']},
) }}

with

{%- set open_stages = [
    'prospecting', 'qualification', 'needs_analysis', 'value_proposition', 'decision_makers', 'perception_analysis', 'proposal',
    'negotiation',
] %}
{%- set of_one = 'partition by change.source_system, change.opportunity_source_id order by change.changed_at, change.source_id' %}

opportunity as (
    select
        *,
        cast(created_at as date) as created_date,
        cast(null as varchar) as company_code
    from (
        {{ rows_to_make('opportunity', 'changed_opportunity') }}
    ) as living_opportunity
),

stage_change as (
    select
        change.*,
        stage.stage_code,
        stage.stage_order,
        coalesce(stage.is_closed, false) as is_closed,
        lag(change.stage_name) over ({{ of_one }}) as previous_stage_name,
        lag(stage.stage_order) over ({{ of_one }}) as previous_stage_order,
        coalesce(lag(stage.is_closed) over ({{ of_one }}), false) as was_closed,
        lag(change.close_date) over ({{ of_one }}) as previous_close_date,
        lead(change.changed_date) over ({{ of_one }}) - change.changed_date as stay_days
    from {{ ref('opportunity_stage_change') }} as change
    inner join opportunity
        on change.source_system = opportunity.source_system and change.opportunity_source_id = opportunity.source_id
    left join {{ ref('opportunity_stages') }} as stage on change.stage_name = stage.stage_name
    where not change.is_deleted
),

-- How a deal went; the stay in the stage that it is in does not count until it ends.
way as (
    select
        source_system,
        opportunity_source_id,
        {%- for stage in open_stages %}
        min(changed_date) filter (where stage_code = '{{ stage }}') as first_{{ stage }}_date,
        sum(stay_days) filter (where stage_code = '{{ stage }}') as {{ stage }}_days,
        {%- endfor %}
        max(changed_at) filter (where is_closed and not was_closed) as last_closed_at,
        max(changed_date) filter (where stage_name is distinct from previous_stage_name) as stage_since_date,
        count(*) as history_entries,
        count(*) filter (where was_closed and not is_closed) as reopened_count,
        count(*) filter (where not was_closed and stage_order < previous_stage_order) as backward_count,
        count(*) filter (where not is_closed and close_date > previous_close_date) as postponed_count
    from stage_change
    group by source_system, opportunity_source_id
),

rated_opportunity as (
    {{ with_rates('opportunity', 'amount_date') }}
),

customer_opportunity as (
    {{ with_customer('rated_opportunity', 'account_source_id', 'created_date') }}
),

owned_opportunity as (
    {{ with_employee('customer_opportunity', 'owner_source_id', 'created_date') }}
),

-- Where the history does not tell when a deal was closed, the deal does.
ended_opportunity as (
    select
        deal.*,
        stage.stage_code,
        case when deal.is_closed then way.last_closed_at end as closed_at,
        case when deal.is_closed then coalesce(cast(way.last_closed_at as date), deal.amount_date) end as closed_date,
        {%- for stage in open_stages %}
        way.first_{{ stage }}_date,
        cast(way.{{ stage }}_days as integer) as {{ stage }}_days,
        {%- endfor %}
        way.stage_since_date,
        cast(coalesce(way.history_entries, 0) as integer) as history_entries,
        cast(coalesce(way.reopened_count, 0) as integer) as reopened_count,
        cast(coalesce(way.backward_count, 0) as integer) as backward_count,
        cast(coalesce(way.postponed_count, 0) as integer) as postponed_count
    from owned_opportunity as deal
    left join way on deal.source_system = way.source_system and deal.source_id = way.opportunity_source_id
    left join {{ ref('opportunity_stages') }} as stage on deal.stage_name = stage.stage_name
),

fct_opportunity as (
    select
        {{ surrogate_key(['deal.source_system', 'deal.source_id']) }} as opportunity_key,
        deal.customer_key,
        deal.customer_version_key,
        deal.employee_key,
        deal.employee_version_key,
        {{ key_or_unknown(['campaign.source_system', 'campaign.source_id']) }} as campaign_key,
        deal.company_key,
        deal.source_system,
        deal.source_id,
        deal.opportunity_name,
        deal.opportunity_type,
        deal.lead_source,
        deal.stage_name,
        deal.stage_code,
        deal.forecast_category,
        deal.win_rate,
        deal.loss_reason,
        deal.is_closed,
        deal.is_won,
        deal.created_at,
        deal.created_date,
        deal.close_date,
        deal.closed_at,
        deal.closed_date,
        case when deal.is_won then deal.closed_date end as won_date,
        case when not deal.is_won then deal.closed_date end as lost_date,
        {%- for stage in open_stages %}
        deal.first_{{ stage }}_date,
        deal.{{ stage }}_days,
        {%- endfor %}
        deal.stage_since_date,
        deal.closed_date - deal.created_date as sales_cycle_days,
        deal.reopened_count > 0 as is_reopened,
        deal.reopened_count,
        deal.backward_count,
        deal.postponed_count,
        deal.history_entries,
        deal.amount_date,
        deal.document_currency,
        deal.exchange_rate_group,
        deal.amount_document,
        {{ amount_in('deal.amount_document', 'deal.exchange_rate_group') }} as amount_group,
        {{ amount_in('cast(deal.amount_document * deal.win_rate as decimal(18, 2))', 'deal.exchange_rate_group') }} as expected_amount_group
    from ended_opportunity as deal
    left join {{ ref('campaign') }} as campaign
        on
            deal.source_system = campaign.source_system
            and deal.campaign_source_id = campaign.source_id
            and not campaign.is_deleted
)

select * from fct_opportunity
