{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'VBRP'), ['VBELN', 'POSNR']) }}
),

-- The document before an invoice is a delivery, unless it is the order itself. Amounts and cost are in the invoice's currency,
-- as SAP stores them: not negative, and with two decimals whatever the currency.
invoice_item as (
    select
        concat_ws('/', vbeln, posnr) as source_id,
        vbeln as invoice_source_id,
        trim(leading '0' from vbeln) as invoice_number,
        trim(leading '0' from posnr) as line_number,
        {{ line_reference('aubel', 'aupos') }} as order_line_source_id,
        case when vgbel != coalesce(aubel, '') then {{ line_reference('vgbel', 'vgpos') }} end as delivery_line_source_id,
        {{ unpadded('matnr') }} as product_number,
        {{ clean_text('werks') }} as warehouse_code,
        fkimg as billed_quantity,
        {{ clean_text('vrkme') }} as unit_of_measure,
        netwr as stored_net_amount,
        mwsbp as stored_tax_amount,
        wavwr as stored_cost_amount,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from invoice_item
