{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'CampaignMember'), ['Id']) }}
),

campaign_member as (
    select
        id as source_id,
        {{ salesforce_id('campaignid') }} as campaign_source_id,
        {{ salesforce_id('leadid') }} as lead_source_id,
        {{ salesforce_id('contactid') }} as contact_source_id,
        {{ clean_text('status') }} as touch_status,
        coalesce(hasresponded, false) as has_responded,
        firstrespondeddate as first_responded_date,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from campaign_member
