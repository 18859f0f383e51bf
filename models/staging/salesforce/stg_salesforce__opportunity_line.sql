{{ config(materialized='view') }}

with

item as (
    select * from {{ ref('stg_salesforce__opportunity_line_item') }}
),

opportunity as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

product as (
    select * from {{ ref('stg_salesforce__product2') }}
),

-- A line is gone when its opportunity is gone or has not come yet.
opportunity_line as (
    select
        item.source_id,
        item.opportunity_source_id,
        cast(item.line_number as varchar) as line_number,
        product.product_number,
        item.quantity,
        item.list_price_document,
        item.discount_rate,
        item.net_amount_document,
        item.document_currency,
        item.is_amount_corrected,
        item.created_at,
        item.is_deleted or coalesce(opportunity.is_deleted, true) as is_deleted,
        greatest(item._batch_id, coalesce(opportunity._batch_id, 0), coalesce(product._batch_id, 0)) as _batch_id
    from item
    left join opportunity on item.opportunity_source_id = opportunity.source_id
    left join product on item.product_source_id = product.source_id
)

select * from opportunity_line
