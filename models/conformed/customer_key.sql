with

customer_key as (
    select
        source_system,
        source_id,
        customer_key,
        is_deleted,
        _batch_id
    from {{ ref('customer_record') }}
)

select * from customer_key
