{{ config(materialized='view') }}

with

-- The limit of a record is the one that holds on the day; those of all records of a customer add up.
held_limit as (
    select
        credit_limit.*,
        lead(credit_limit.valid_from) over (
            partition by credit_limit.source_system, credit_limit.source_id order by credit_limit.valid_from
        ) as valid_to
    from {{ ref('customer_credit_limits') }} as credit_limit
),

customer_credit as (
    select
        identity.customer_key,
        cast(sum(held_limit.credit_limit_group) as decimal(18, 2)) as credit_limit_group
    from held_limit
    inner join {{ ref('customer_identity') }} as identity
        on held_limit.source_system = identity.source_system and held_limit.source_id = identity.source_id
    cross join {{ ref('as_of') }} as today
    where
        held_limit.valid_from <= today.as_of_date
        and coalesce(held_limit.valid_to, date '9999-12-31') > today.as_of_date
    group by identity.customer_key
)

select * from customer_credit
