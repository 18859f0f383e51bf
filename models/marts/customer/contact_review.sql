{{ config(materialized='view') }}

with

review as (
    select
        split_part(id, '#', 1) as left_id,
        split_part(other_id, '#', 1) as right_id,
        match_weight,
        reason
    from {{ ref('contact_cluster') }}
    where kind = 'review'
),

contact as (
    select
        record.record_id,
        record.email,
        nullif(concat_ws(' ', record.given_name, record.family_name), '') as contact_name,
        identity.contact_key
    from {{ ref('contact_record') }} as record
    inner join {{ ref('contact_identity') }} as identity
        on record.source_system = identity.source_system and record.source_id = identity.source_id
),

contact_review as (
    select
        review.left_id,
        review.right_id,
        review.match_weight,
        review.reason,
        left_contact.contact_key as left_contact_key,
        left_contact.contact_name as left_name,
        left_contact.email as left_email,
        right_contact.contact_key as right_contact_key,
        right_contact.contact_name as right_name,
        right_contact.email as right_email
    from review
    left join contact as left_contact on review.left_id = left_contact.record_id
    left join contact as right_contact on review.right_id = right_contact.record_id
)

select * from contact_review
