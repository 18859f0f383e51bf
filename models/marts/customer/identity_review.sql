{{ config(materialized='view') }}

with

review as (
    select * from {{ ref('customer_cluster') }}
    where kind = 'review'
),

record as (
    select
        *,
        concat_ws('/', source_system, source_id) as record_id
    from {{ ref('customer_record') }}
),

identity_review as (
    select
        review.id as left_id,
        review.other_id as right_id,
        review.match_weight,
        review.reason,
        left_record.customer_key as left_customer_key,
        left_record.customer_name as left_name,
        left_record.city as left_city,
        right_record.customer_key as right_customer_key,
        right_record.customer_name as right_name,
        right_record.city as right_city
    from review
    left join record as left_record on review.id = left_record.record_id
    left join record as right_record on review.other_id = right_record.record_id
)

select * from identity_review
