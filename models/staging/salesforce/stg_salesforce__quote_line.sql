{{ config(materialized='view') }}

with

item as (
    select * from {{ ref('stg_salesforce__quote_line_item') }}
),

quote as (
    select * from {{ ref('stg_salesforce__quote') }}
),

opportunity as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

product as (
    select * from {{ ref('stg_salesforce__product2') }}
),

-- A line is gone when its quote is gone or has not come yet. A quote stands without an opportunity, and then nobody owns it.
quote_line as (
    select
        item.source_id,
        quote.source_id as quote_source_id,
        quote.quote_number,
        case when not opportunity.is_deleted then opportunity.source_id end as opportunity_source_id,
        coalesce(quote.account_source_id, opportunity.account_source_id) as account_source_id,
        opportunity.owner_source_id,
        quote.quote_status,
        cast(quote.created_at as date) as quote_date,
        quote.expiration_date,
        product.product_number,
        item.quantity,
        item.list_price_document,
        item.discount_rate,
        item.net_amount_document,
        item.document_currency,
        item.is_deleted or coalesce(quote.is_deleted, true) as is_deleted,
        greatest(
            item._batch_id, coalesce(quote._batch_id, 0), coalesce(opportunity._batch_id, 0), coalesce(product._batch_id, 0)
        ) as _batch_id
    from item
    left join quote on item.quote_source_id = quote.source_id
    left join opportunity on quote.opportunity_source_id = opportunity.source_id
    left join product on item.product_source_id = product.source_id
)

select * from quote_line
