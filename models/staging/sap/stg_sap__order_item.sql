{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'VBAP'), ['VBELN', 'POSNR']) }}
),

-- The price holds for a number of units. A line with a reason for rejection is cancelled, and still there.
order_item as (
    select
        concat_ws('/', vbeln, posnr) as source_id,
        vbeln as order_source_id,
        trim(leading '0' from vbeln) as order_number,
        trim(leading '0' from posnr) as line_number,
        case when translate(matnr, '0123456789', '') = '' then trim(leading '0' from matnr) else matnr end as product_number,
        kwmeng as quantity,
        cast(netpr / nullif(kpein, 0) as decimal(18, 6)) as unit_price_document,
        netwr as net_amount_document,
        {{ clean_text('abgru') }} is not null as is_cancelled,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from order_item
