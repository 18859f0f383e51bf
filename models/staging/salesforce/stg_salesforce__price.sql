{{ config(materialized='view') }}

with

price as (
    select
        entry.source_id,
        entry.price_list_source_id,
        case when not product.is_deleted then product.product_number end as product_number,
        entry.product_source_id,
        entry.document_currency,
        cast(entry.unit_price as decimal(18, 6)) as unit_price,
        entry.is_active,
        entry.created_date,
        entry.is_deleted,
        greatest(entry._batch_id, coalesce(product._batch_id, 0)) as _batch_id
    from {{ ref('stg_salesforce__price_book_entry') }} as entry
    left join {{ ref('stg_salesforce__product2') }} as product on entry.product_source_id = product.source_id
)

select * from price
