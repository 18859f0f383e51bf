with

member as (
    select * from {{ ref('customer_member') }}
),

-- A record that its system merged into another is the same customer.
customer_certain_pair as (
    select distinct
        loser.member_id as left_id,
        winner.member_id as right_id
    from member as loser
    inner join member as winner
        on loser.merged_into_id = concat_ws('/', winner.source_system, winner.source_id)
    where loser.is_merged and loser.member_id <> winner.member_id
)

select * from customer_certain_pair
