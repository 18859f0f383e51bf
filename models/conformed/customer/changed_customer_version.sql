{{ config(materialized='table', meta={'is_stamped': true}) }}

with

changed_day as (
    {{ changed_days('dim_customer', 'customer_version', ['customer_key']) }}
),

changed_customer_version as (
    select
        identity.source_system,
        identity.source_id,
        changed_day.valid_from,
        changed_day.valid_to,
        changed_day._batch_id
    from changed_day
    inner join {{ ref('customer_identity') }} as identity on changed_day.customer_key = identity.customer_key
)

select * from changed_customer_version
