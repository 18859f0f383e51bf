{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'campaign_touch_key', ref('changed_campaign_touch')) }}",
    meta={'made_of': ['campaign_touch']},
) }}

with

touch as (
    {{ rows_to_make('campaign_touch', 'changed_campaign_touch') }}
),

customer_touch as (
    {{ with_customer('touch', 'account_source_id', 'touch_date') }}
),

owned_touch as (
    {{ with_employee('customer_touch', 'owner_source_id', 'touch_date') }}
),

fct_campaign_touch as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as campaign_touch_key,
        {{ surrogate_key(['source_system', 'campaign_source_id']) }} as campaign_key,
        {{ key_or_unknown(['source_system', 'lead_source_id']) }} as lead_key,
        customer_key,
        customer_version_key,
        employee_key,
        employee_version_key,
        source_system,
        source_id,
        contact_source_id,
        touched_at,
        touch_date,
        touch_status,
        has_responded,
        first_responded_date
    from owned_touch
)

select * from fct_campaign_touch
