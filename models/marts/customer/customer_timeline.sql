{{ config(materialized='view') }}

with

event as (
    select * from {{ ref('customer_event_crm') }}

    union all

    select * from {{ ref('customer_event_erp') }}
),

-- What is only planned is on the timeline too, and lies ahead.
customer_timeline as (
    select
        event.customer_key,
        event.event_at,
        event.event_type,
        event.title,
        event.amount_group,
        event.document_number,
        event.source_system,
        event.source_id,
        event.event_at >= cast(today.as_of_date as timestamp) + interval 1 day as is_ahead
    from event
    cross join {{ ref('as_of') }} as today
)

select * from customer_timeline
