{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'VBAP'), ['VBELN', 'POSNR']) }}
),

read as (
    select
        *,
        {{ clean_text('abgru') }} is not null as is_cancelled,
        cast(kwmeng * netpr / nullif(kpein, 0) as decimal(18, 2)) as computed_amount
    from latest
),

-- An amount that is not quantity times price is wrong; a cent may be lost in rounding. A cancelled line is worth nothing.
judged as (
    select
        *,
        not is_cancelled and abs(netwr - computed_amount) > 0.01 as is_amount_corrected
    from read
),

-- The price holds for a number of units; amounts are as SAP stores them, with two decimals whatever the currency.
-- A line with a reason for rejection is cancelled, and still there.
order_item as (
    select
        concat_ws('/', vbeln, posnr) as source_id,
        vbeln as order_source_id,
        trim(leading '0' from vbeln) as order_number,
        trim(leading '0' from posnr) as line_number,
        case when translate(matnr, '0123456789', '') = '' then trim(leading '0' from matnr) else matnr end as product_number,
        {{ clean_text('werks') }} as warehouse_code,
        kwmeng as quantity,
        cast(netpr / nullif(kpein, 0) as decimal(18, 6)) as stored_unit_price,
        case when is_amount_corrected then computed_amount else netwr end as stored_net_amount,
        coalesce(is_amount_corrected, false) as is_amount_corrected,
        is_cancelled,
        {{ line_reference('vgbel', 'vgpos') }} as reference_line_source_id,
        _op = 'delete' as is_deleted,
        _batch_id
    from judged
)

select * from order_item
