{{ config(materialized='table', meta={'made_of': ['contact']}) }}

with

member as (
    select
        record.source_system,
        record.source_id,
        record.first_batch_id,
        record.created_at,
        coalesce(cluster.cluster_id, record.record_id) as cluster_id
    from {{ ref('contact_record') }} as record
    left join {{ ref('contact_cluster') }} as cluster on record.record_id = cluster.id and cluster.kind = 'member'
),

-- A person is named after the contact that was seen first: the key stays when contacts come, change or go.
first_member as (
    select
        cluster_id,
        {{ first_by(
            "concat_ws('/', source_system, source_id)",
            ['first_batch_id', "coalesce(created_at, timestamp '9999-12-31')", 'source_system', 'source_id'],
            'true',
        ) }} as record_id
    from member
    group by cluster_id
),

contact_identity as (
    select
        member.source_system,
        member.source_id,
        {{ surrogate_key(["'contact'", 'first_member.record_id']) }} as contact_key,
        {{ surrogate_key(["'contact'", "concat_ws('/', member.source_system, member.source_id)"]) }} as own_key
    from member
    inner join first_member on member.cluster_id = first_member.cluster_id
)

select * from contact_identity
