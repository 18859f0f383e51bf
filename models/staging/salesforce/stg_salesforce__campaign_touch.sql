{{ config(materialized='view') }}

with

member as (
    select * from {{ ref('stg_salesforce__campaign_member') }}
),

campaign as (
    select * from {{ ref('stg_salesforce__campaign') }}
),

contact as (
    select * from {{ ref('stg_salesforce__contact') }}
),

lead_record as (
    select * from {{ ref('stg_salesforce__lead') }}
),

-- A member that was a lead and is a contact now belongs to the contact's account; one that is only a lead, to what it became.
-- A contact that is gone still tells whose it was. A touch is gone when its campaign is gone or has not come yet.
campaign_touch as (
    select
        member.source_id,
        member.campaign_source_id,
        case when not lead_record.is_deleted then member.lead_source_id end as lead_source_id,
        case when contact.is_deleted then contact.merged_into_source_id else contact.source_id end as contact_source_id,
        coalesce(contact.account_source_id, lead_record.converted_account_source_id) as account_source_id,
        campaign.owner_source_id,
        member.touch_status,
        member.has_responded,
        member.first_responded_date,
        member.created_at as touched_at,
        cast(member.created_at as date) as touch_date,
        member.is_deleted or coalesce(campaign.is_deleted, true) as is_deleted,
        greatest(
            member._batch_id, coalesce(campaign._batch_id, 0), coalesce(contact._batch_id, 0), coalesce(lead_record._batch_id, 0)
        ) as _batch_id
    from member
    left join campaign on member.campaign_source_id = campaign.source_id
    left join contact on member.contact_source_id = contact.source_id
    left join lead_record on member.lead_source_id = lead_record.source_id
)

select * from campaign_touch
