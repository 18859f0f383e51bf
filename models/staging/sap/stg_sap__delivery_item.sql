{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'LIPS'), ['VBELN', 'POSNR']) }}
),

-- The order line that it refers to is one of a sales order, or of a return order.
delivery_item as (
    select
        concat_ws('/', vbeln, posnr) as source_id,
        vbeln as delivery_source_id,
        trim(leading '0' from vbeln) as delivery_number,
        trim(leading '0' from posnr) as line_number,
        {{ line_reference('vgbel', 'vgpos') }} as order_line_source_id,
        {{ unpadded('matnr') }} as product_number,
        {{ clean_text('werks') }} as warehouse_code,
        {{ clean_text('lgort') }} as storage_location_code,
        lfimg as quantity,
        {{ clean_text('vrkme') }} as unit_of_measure,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from delivery_item
