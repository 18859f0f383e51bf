{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'OpportunityLineItem'), ['Id']) }}
),

-- A total that is more than quantity times list price is wrong; what the discount leaves is meant.
opportunity_line_item as (
    select
        id as source_id,
        {{ salesforce_id('opportunityid') }} as opportunity_source_id,
        {{ salesforce_id('product2id') }} as product_source_id,
        sortorder as line_number,
        cast(quantity as decimal(18, 3)) as quantity,
        cast(unitprice as decimal(18, 6)) as list_price_document,
        cast(discount / 100.0 as decimal(9, 4)) as discount_rate,
        case
            when totalprice > quantity * unitprice + 0.01
                then cast(quantity * unitprice * (1 - coalesce(discount, 0) / 100.0) as decimal(18, 2))
            else totalprice
        end as net_amount_document,
        coalesce(totalprice > quantity * unitprice + 0.01, false) as is_amount_corrected,
        {{ clean_text('currencyisocode') }} as document_currency,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from opportunity_line_item
