{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'EKPO'), ['EBELN', 'EBELP']) }}
),

computed as (
    select
        *,
        cast(menge * netpr / nullif(peinh, 0) as decimal(18, 2)) as computed_amount
    from latest
),

-- An amount that is not quantity times price is wrong; a cent may be lost in rounding.
judged as (
    select
        *,
        coalesce(abs(netwr - computed_amount) > 0.01, false) as is_amount_corrected
    from computed
),

-- A line that is deleted (LOEKZ L) or blocked (S) stays in SAP with its mark.
purchase_item as (
    select
        concat_ws('/', ebeln, ebelp) as source_id,
        ebeln as purchase_source_id,
        trim(leading '0' from ebeln) as purchase_order_number,
        trim(leading '0' from ebelp) as line_number,
        {{ unpadded('matnr') }} as product_number,
        {{ clean_text('werks') }} as warehouse_code,
        {{ clean_text('lgort') }} as storage_location_code,
        menge as quantity,
        {{ clean_text('meins') }} as unit_of_measure,
        cast(netpr / nullif(peinh, 0) as decimal(18, 6)) as stored_unit_price,
        case when is_amount_corrected then computed_amount else netwr end as stored_net_amount,
        is_amount_corrected,
        coalesce(elikz, '') = 'X' as is_delivery_completed,
        coalesce(erekz, '') = 'X' as is_invoice_completed,
        coalesce(loekz, '') = 'S' as is_blocked,
        coalesce(loekz, '') in ('L', 'X') as is_cancelled,
        _op = 'delete' as is_deleted,
        _batch_id
    from judged
)

select * from purchase_item
