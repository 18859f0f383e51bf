{{ config(meta={'made_of': ['contact']}) }}

with

record as (
    select * from {{ ref('contact_record') }}
),

-- A contact that was erased stays one person: its records have nothing left by which they could be compared.
erased_contact as (
    select
        record_id,
        min(record_id) over (partition by erasure_id) as first_id
    from ({{ erased_rows('record', 'contact') }}) as erased
),

-- A contact that its system merged into another is the same person, and what somebody was called before is the same person too.
contact_certain_pair as (
    select
        loser.record_id as left_id,
        winner.record_id as right_id
    from record as loser
    inner join record as winner
        on loser.source_system = winner.source_system and loser.merged_into_source_id = winner.source_id
    where loser.source_id <> winner.source_id

    union all

    select
        record_id as left_id,
        id as right_id
    from {{ ref('contact_matchable') }}
    where id <> record_id

    union all

    select
        first_id as left_id,
        record_id as right_id
    from erased_contact
    where first_id <> record_id
)

select * from contact_certain_pair
