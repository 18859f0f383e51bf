{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'OpportunityHistory'), ['Id']) }}
),

-- An entry is written whenever stage, amount, probability or close date changes, and says how all of them stand from then on.
opportunity_stage_change as (
    select
        id as source_id,
        {{ salesforce_id('opportunityid') }} as opportunity_source_id,
        createddate as changed_at,
        cast(createddate as date) as changed_date,
        {{ clean_text('stagename') }} as stage_name,
        amount as amount_document,
        {{ clean_text('currencyisocode') }} as document_currency,
        cast(probability / 100.0 as decimal(9, 4)) as win_rate,
        {{ clean_text('forecastcategory') }} as forecast_category,
        closedate as close_date,
        {{ salesforce_id('createdbyid') }} as changed_by_source_id,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from opportunity_stage_change
