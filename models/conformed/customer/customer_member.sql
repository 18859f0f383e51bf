with

record as (
    select
        source_system,
        source_id,
        customer_reference,
        merged_into_source_id,
        is_site,
        created_date
    from {{ ref('account') }}

    union all

    select
        source_system,
        source_id,
        customer_reference,
        merged_into_source_id,
        is_site,
        created_date
    from {{ ref('business_partner') }}
),

-- A system that keeps no history cannot tell when a record was first seen: its records count as seen before all others.
seen as (
    select
        source_system,
        source_id,
        min(case when version_date is null then 0 else _batch_id end) as first_batch_id
    from {{ ref('account_version') }}
    group by source_system, source_id

    union all

    select
        source_system,
        source_id,
        min(case when version_date is null then 0 else _batch_id end) as first_batch_id
    from {{ ref('business_partner_version') }}
    group by source_system, source_id
),

shared_reference as (
    select customer_reference
    from record
    where customer_reference is not null
    group by customer_reference
    having count(distinct source_system) > 1
),

-- Records that carry a number which several systems share are one from the start, and named after it.
customer_member as (
    select
        record.source_system,
        record.source_id,
        coalesce(
            'number/' || shared_reference.customer_reference, concat_ws('/', record.source_system, record.source_id)
        ) as member_id,
        concat_ws('/', record.source_system, record.merged_into_source_id) as merged_into_id,
        record.merged_into_source_id is not null as is_merged,
        seen.first_batch_id,
        record.created_date
    from record
    inner join seen on record.source_system = seen.source_system and record.source_id = seen.source_id
    left join shared_reference on record.customer_reference = shared_reference.customer_reference
    where not coalesce(record.is_site, false)
)

select * from customer_member
