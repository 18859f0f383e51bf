{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ delete_changed(this, 'opportunity_key', ref('changed_opportunity')) }}",
        "{{ delete_days_after(this, 'pipeline_date', ref('crm_known_day'), 'known_date') }}",
    ],
    meta={'made_of': ['opportunity']},
) }}
-- depends_on: {{ ref('changed_opportunity') }}
{%- set of_one = 'partition by source_system, opportunity_source_id order by changed_at, source_id' %}

with

-- Deals that changed are made anew from their first day on. To the others the days are added that have passed since: those after the
-- last day on which any deal of the system that has not changed was open.
deal as (
    select
        fct_opportunity.opportunity_key,
        fct_opportunity.customer_key,
        fct_opportunity.employee_key,
        fct_opportunity.company_key,
        fct_opportunity.source_system,
        fct_opportunity.source_id,
        coalesce(fct_opportunity.closed_date, date '9999-12-31') as ended_date,
        {%- if is_incremental() %}
        case
            when changed.opportunity_key is null then coalesce(there.last_day, date '1900-01-01')
            else date '1900-01-01'
        end as after_day
        {%- else %}
        date '1900-01-01' as after_day
        {%- endif %}
    from {{ ref('fct_opportunity') }} as fct_opportunity
    {%- if is_incremental() %}
    left join (select distinct opportunity_key from {{ ref('changed_opportunity') }}) as changed
        on fct_opportunity.opportunity_key = changed.opportunity_key
    left join (select source_system, max(pipeline_date) as last_day from {{ this }} group by source_system) as there
        on fct_opportunity.source_system = there.source_system
    where
        changed.opportunity_key is not null
        or not fct_opportunity.is_closed
        or fct_opportunity.closed_date > coalesce(there.last_day, date '1900-01-01')
    {%- endif %}
),

ordered_change as (
    select
        *,
        lead(changed_date) over ({{ of_one }}) as next_changed_date
    from {{ ref('opportunity_stage_change') }}
    where not is_deleted
),

-- How a deal stood in the evening of a day on which it changed.
evening as (
    select
        change.*,
        coalesce(stage.is_closed, false) as is_closed,
        coalesce(stage.stage_code, change.stage_name) as stage_code
    from ordered_change as change
    left join {{ ref('opportunity_stages') }} as stage on change.stage_name = stage.stage_name
    where change.next_changed_date is null or change.next_changed_date > change.changed_date
),

ordered_evening as (
    select
        *,
        coalesce(lag(is_closed) over ({{ of_one }}), false) as was_closed
    from evening
),

-- An open deal stands so until it changes; the day of its closing counts, later days do not.
span as (
    select
        deal.opportunity_key,
        deal.customer_key,
        deal.employee_key,
        deal.company_key,
        deal.source_system,
        evening.stage_code,
        evening.is_closed,
        evening.win_rate,
        evening.close_date,
        evening.document_currency,
        evening.amount_document,
        {{ rate_to_group('evening.document_currency', 'rate.exchange_rate') }} as exchange_rate_group,
        greatest(evening.changed_date, deal.after_day + 1) as first_day,
        case
            when evening.is_closed then least(evening.changed_date, known.known_date)
            else least(coalesce(evening.next_changed_date - 1, known.known_date), known.known_date, deal.ended_date)
        end as last_day
    from deal
    inner join ordered_evening as evening
        on deal.source_system = evening.source_system and deal.source_id = evening.opportunity_source_id
    inner join {{ ref('crm_known_day') }} as known on deal.source_system = known.source_system
    left join {{ ref('exchange_rate_day') }} as rate
        on evening.document_currency = rate.from_currency and evening.changed_date = rate.rate_date
    where not evening.is_closed or not evening.was_closed
),

bounds as (
    select
        min(first_day) as first_day,
        max(last_day) as last_day
    from span
    where first_day <= last_day
),

calendar as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

fct_opportunity_day as (
    select
        span.opportunity_key,
        calendar.day as pipeline_date,
        span.customer_key,
        span.employee_key,
        span.company_key,
        span.source_system,
        span.stage_code,
        span.is_closed,
        span.win_rate,
        span.close_date,
        span.document_currency,
        span.amount_document,
        {{ amount_in('span.amount_document', 'span.exchange_rate_group') }} as amount_group,
        {{ amount_in('cast(span.amount_document * span.win_rate as decimal(18, 2))', 'span.exchange_rate_group') }} as expected_amount_group
    from span
    inner join calendar on span.first_day <= calendar.day and span.last_day >= calendar.day
)

select * from fct_opportunity_day
