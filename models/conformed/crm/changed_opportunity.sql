{{ config(materialized='table', meta={'made_of': ['opportunity']}) }}
{%- set is_built = not flags.FULL_REFRESH and adapter.get_relation(target.database, 'core', 'fct_opportunity') %}

with

changed as (
    {{ changed_rows(
        'opportunity',
        fact='fct_opportunity',
        lookups=[
            ('changed_customer_key', {'source_system': 'source_system', 'account_source_id': 'source_id'}),
            ('changed_customer_version', {'source_system': 'source_system', 'account_source_id': 'source_id'}, 'created_at'),
            ('employee_key', {'source_system': 'source_system', 'owner_source_id': 'source_id'}),
            ('campaign', {'source_system': 'source_system', 'campaign_source_id': 'source_id'}),
            ('exchange_rate_day', {'amount_date': 'rate_date'}),
        ],
        histories=[('opportunity_stage_change', {'source_system': 'source_system', 'source_id': 'opportunity_source_id'})],
    ) }}
),

-- The pipeline of a day counts amounts at the rate of the day on which they were last changed.
revalued as (
    select distinct
        opportunity.source_system,
        opportunity.source_id,
        opportunity._batch_id
    from {{ ref('exchange_rate_day') }} as rate
    inner join {{ ref('opportunity_stage_change') }} as change
        on rate.rate_date = change.changed_date and rate.from_currency = change.document_currency
    inner join {{ ref('opportunity') }} as opportunity
        on change.source_system = opportunity.source_system and change.opportunity_source_id = opportunity.source_id
    where rate._batch_id > {{ after_batch() }}
),

changed_opportunity as (
    select * from changed

    union

    select
        {{ surrogate_key(['source_system', 'source_id']) }} as opportunity_key,
        source_system,
        source_id,
        _batch_id
    from revalued
    {%- if not is_built %}
    where false
    {%- endif %}
)

select * from changed_opportunity
