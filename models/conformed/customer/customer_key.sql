{{ config(materialized='table') }}
-- depends_on: {{ ref('changed_customer_key') }}

with

-- A record that was merged away or deleted still names the customer, as long as another record does.
customer_key as (
    select
        identity.source_system,
        identity.source_id,
        identity.customer_key
    from {{ ref('customer_identity') }} as identity
    inner join {{ ref('customer_version') }} as version
        on identity.customer_key = version.customer_key and version.is_current
)

select * from customer_key
