{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Opportunity'), ['Id']) }}
),

-- A closed deal is worth what it was on the day it closed; an open one what it was when it was last changed.
opportunity as (
    select
        id as source_id,
        {{ salesforce_id('accountid') }} as account_source_id,
        {{ salesforce_id('contactid') }} as contact_source_id,
        {{ salesforce_id('campaignid') }} as campaign_source_id,
        {{ salesforce_id('ownerid') }} as owner_source_id,
        {{ clean_text('name') }} as opportunity_name,
        {{ clean_text('type') }} as opportunity_type,
        {{ clean_text('leadsource') }} as lead_source,
        {{ clean_text('stagename') }} as stage_name,
        cast(probability / 100.0 as decimal(9, 4)) as win_rate,
        {{ clean_text('forecastcategoryname') }} as forecast_category,
        amount as amount_document,
        {{ clean_text('currencyisocode') }} as document_currency,
        closedate as close_date,
        case when isclosed then least(closedate, cast(systemmodstamp as date)) else cast(systemmodstamp as date) end as amount_date,
        coalesce(isclosed, false) as is_closed,
        coalesce(iswon, false) as is_won,
        {{ clean_text('loss_reason__c') }} as loss_reason,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from opportunity
