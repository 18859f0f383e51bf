with

member as (
    select * from {{ ref('customer_member') }}
),

-- A record that its system merged into another is the same customer.
merged_pair as (
    select
        loser.member_id as left_id,
        winner.member_id as right_id
    from member as loser
    inner join member as winner
        on loser.merged_into_id = concat_ws('/', winner.source_system, winner.source_id)
    where loser.is_merged and loser.member_id <> winner.member_id
),

-- An erased customer stays what it was: its records have nothing left by which they could be compared.
erased_member as (
    select
        member_id,
        min(member_id) over (partition by erasure_id) as first_id
    from ({{ erased_rows('member', 'customer') }}) as erased
),

customer_certain_pair as (
    select
        left_id,
        right_id
    from merged_pair

    union

    select
        first_id as left_id,
        member_id as right_id
    from erased_member
    where first_id <> member_id
)

select * from customer_certain_pair
