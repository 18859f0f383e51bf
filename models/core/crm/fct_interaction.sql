{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'interaction_key', ref('changed_interaction')) }}",
    meta={'made_of': ['interaction']},
) }}

with

activity as (
    {{ rows_to_make('interaction', 'changed_interaction') }}
),

customer_activity as (
    {{ with_customer('activity', 'account_source_id', 'interaction_date') }}
),

owned_activity as (
    {{ with_employee('customer_activity', 'owner_source_id', 'interaction_date') }}
),

fct_interaction as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as interaction_key,
        customer_key,
        customer_version_key,
        employee_key,
        employee_version_key,
        {{ key_or_unknown(['source_system', 'lead_source_id']) }} as lead_key,
        {{ key_or_unknown(['source_system', 'opportunity_source_id']) }} as opportunity_key,
        {{ key_or_unknown(['source_system', 'case_source_id']) }} as case_key,
        source_system,
        source_id,
        contact_source_id,
        interaction_type,
        subject,
        interaction_status,
        interaction_date,
        due_date,
        completed_at,
        duration_minutes,
        is_done,
        has_lost_reference,
        created_at
    from owned_activity
)

select * from fct_interaction
