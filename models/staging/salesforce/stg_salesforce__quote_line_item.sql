{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'QuoteLineItem'), ['Id']) }}
),

quote_line_item as (
    select
        id as source_id,
        {{ salesforce_id('quoteid') }} as quote_source_id,
        {{ salesforce_id('opportunitylineitemid') }} as opportunity_line_source_id,
        {{ salesforce_id('product2id') }} as product_source_id,
        cast(quantity as decimal(18, 3)) as quantity,
        cast(unitprice as decimal(18, 6)) as list_price_document,
        cast(discount / 100.0 as decimal(9, 4)) as discount_rate,
        totalprice as net_amount_document,
        {{ clean_text('currencyisocode') }} as document_currency,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from quote_line_item
