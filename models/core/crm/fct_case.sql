{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'case_key', ref('changed_case')) }}",
    meta={'made_of': ['case']},
) }}

with

service_case as (
    {{ rows_to_make('case', 'changed_case') }}
),

-- A status that begins with Closed ends a case until another one opens it again.
status_change as (
    select
        event.source_system,
        event.case_source_id,
        count(*) as history_entries,
        max(event.changed_at) filter (where event.field_name = 'status' and event.new_value like 'Closed%') as last_closed_at,
        count(*) filter (
            where event.field_name = 'status' and event.old_value like 'Closed%' and event.new_value not like 'Closed%'
        ) as reopened_count
    from {{ ref('case_event') }} as event
    inner join service_case
        on event.source_system = service_case.source_system and event.case_source_id = service_case.source_id
    where not event.is_deleted
    group by event.source_system, event.case_source_id
),

-- Where the case does not say when it was closed, its history does.
lived_case as (
    select
        service_case.*,
        case
            when service_case.is_closed then coalesce(service_case.closed_at, status_change.last_closed_at)
        end as ended_at,
        coalesce(status_change.history_entries, 0) as history_entries,
        coalesce(status_change.reopened_count, 0) as reopened_count
    from service_case
    left join status_change
        on service_case.source_system = status_change.source_system and service_case.source_id = status_change.case_source_id
),

customer_case as (
    {{ with_customer('lived_case', 'account_source_id', 'opened_date') }}
),

owned_case as (
    {{ with_employee('customer_case', 'owner_source_id', 'opened_date') }}
),

known_case as (
    {{ with_product_system('owned_case') }}
),

product_case as (
    {{ with_product('known_case', 'opened_date', system='product_system') }}
),

fct_case as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as case_key,
        customer_key,
        customer_version_key,
        product_key,
        product_version_key,
        employee_key,
        employee_version_key,
        source_system,
        source_id,
        case_number,
        order_number,
        subject,
        case_type,
        case_reason,
        case_origin,
        priority,
        case_status,
        opened_at,
        opened_date,
        first_response_at,
        ended_at as closed_at,
        cast(ended_at as date) as closed_date,
        sla_due_at,
        {{ minutes_between('opened_at', 'first_response_at') }} as minutes_to_first_response,
        {{ minutes_between('opened_at', 'ended_at') }} as minutes_to_close,
        is_closed,
        is_escalated,
        cast(reopened_count as integer) as reopened_count,
        cast(history_entries as integer) as history_entries,
        is_closed_at_implausible as is_closed_at_corrected,
        satisfaction_score
    from product_case
)

select * from fct_case
