with

product_key as (
    select
        source_system,
        source_id,
        product_number,
        start_date,
        is_deleted,
        coalesce(version_batch_id, _batch_id) as _batch_id
    from {{ ref('product') }}
)

select * from product_key
