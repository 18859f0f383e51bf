{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'PricebookEntry'), ['Id']) }}
),

price_book_entry as (
    select
        id as source_id,
        pricebook2id as price_list_source_id,
        product2id as product_source_id,
        unitprice as unit_price,
        currencyisocode as document_currency,
        coalesce(isactive, false) as is_active,
        cast(createddate as date) as created_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from price_book_entry
