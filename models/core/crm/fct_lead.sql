{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'lead_key', ref('changed_lead')) }}",
    meta={'made_of': ['lead']},
) }}

with

lead_row as (
    {{ rows_to_make('lead', 'changed_lead') }}
),

dated_lead as (
    select
        *,
        cast(created_at as date) as created_date
    from lead_row
),

customer_lead as (
    {{ with_customer('dated_lead', 'converted_account_source_id', 'created_date') }}
),

owned_lead as (
    {{ with_employee('customer_lead', 'owner_source_id', 'created_date') }}
),

fct_lead as (
    select
        {{ surrogate_key(['open_lead.source_system', 'open_lead.source_id']) }} as lead_key,
        open_lead.customer_key,
        open_lead.customer_version_key,
        open_lead.employee_key,
        open_lead.employee_version_key,
        {{ key_or_unknown(['opportunity.source_system', 'opportunity.source_id']) }} as converted_opportunity_key,
        open_lead.source_system,
        open_lead.source_id,
        open_lead.created_at,
        open_lead.created_date,
        open_lead.lead_status,
        open_lead.lead_source,
        open_lead.rating,
        open_lead.industry,
        open_lead.country_code,
        open_lead.is_converted,
        open_lead.converted_date,
        open_lead.converted_date - open_lead.created_date as days_to_convert
    from owned_lead as open_lead
    left join {{ ref('opportunity') }} as opportunity
        on
            open_lead.source_system = opportunity.source_system
            and open_lead.converted_opportunity_source_id = opportunity.source_id
            and not opportunity.is_deleted
)

select * from fct_lead
