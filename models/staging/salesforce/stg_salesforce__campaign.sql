{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Campaign'), ['Id']) }}
),

campaign as (
    select
        id as source_id,
        {{ clean_text('name') }} as campaign_name,
        {{ clean_text('type') }} as campaign_type,
        {{ clean_text('status') }} as campaign_status,
        startdate as start_date,
        enddate as end_date,
        budgetedcost as budgeted_cost_document,
        actualcost as actual_cost_document,
        {{ clean_text('currencyisocode') }} as document_currency,
        {{ salesforce_id('parentid') }} as parent_campaign_source_id,
        coalesce(isactive, false) as is_active,
        {{ salesforce_id('ownerid') }} as owner_source_id,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from campaign
