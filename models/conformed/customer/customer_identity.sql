{{ config(materialized='table') }}

with

record as (
    select
        source_system,
        source_id,
        customer_reference,
        is_site
    from {{ ref('account') }}

    union all

    select
        source_system,
        source_id,
        customer_reference,
        is_site
    from {{ ref('business_partner') }}
),

-- Records that share a customer number, or were found to be one by what they say, are one customer; any other is one of its own.
customer_identity as (
    select
        record.source_system,
        record.source_id,
        {{ surrogate_key(["'customer'", "coalesce(
            record.customer_reference, account_partner.customer_reference, record.source_system || '/' || record.source_id
        )"]) }} as customer_key
    from record
    left join {{ ref('account_partner') }} as account_partner
        on record.source_system = account_partner.source_system and record.source_id = account_partner.source_id
    where not coalesce(record.is_site, false)
)

select * from customer_identity
