{{ config(materialized='table') }}

with

member as (
    select
        concat_ws('/', source_system, source_id) as record_id,
        member_id
    from {{ ref('customer_member') }}
),

decision as (
    select * from {{ source('control', 'identity_decision') }}
    where not contains(left_id, '/contact/')
),

-- A word on a record that carries a shared number counts for all that carry it. A record that is not there (yet) has its own name.
customer_decision as (
    select
        coalesce(left_member.member_id, decision.left_id) as left_id,
        coalesce(right_member.member_id, decision.right_id) as right_id,
        decision.verdict
    from decision
    left join member as left_member on decision.left_id = left_member.record_id
    left join member as right_member on decision.right_id = right_member.record_id
)

select * from customer_decision
where left_id <> right_id
