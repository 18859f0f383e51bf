{{ config(materialized='table') }}

with

member as (
    select
        member.*,
        coalesce(cluster.cluster_id, member.member_id) as cluster_id
    from {{ ref('customer_member') }} as member
    left join {{ ref('customer_cluster') }} as cluster on member.member_id = cluster.id and cluster.kind = 'member'
),

-- A customer is named after the record that was seen first: it keeps its key when records come, change or go.
first_member as (
    select
        cluster_id,
        {{ first_by(
            "concat_ws('/', source_system, source_id)",
            ['first_batch_id', "coalesce(created_date, date '9999-12-31')", 'source_system', 'source_id'],
            'true',
        ) }} as record_id
    from member
    group by cluster_id
),

customer_identity as (
    select
        member.source_system,
        member.source_id,
        {{ surrogate_key(["'customer'", 'first_member.record_id']) }} as customer_key,
        {{ surrogate_key(["'customer'", "concat_ws('/', member.source_system, member.source_id)"]) }} as own_key
    from member
    inner join first_member on member.cluster_id = first_member.cluster_id
)

select * from customer_identity
