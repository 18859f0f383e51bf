{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'EKET'), ['EBELN', 'EBELP', 'ETENR']) }}
),

purchase_schedule as (
    select
        concat_ws('/', ebeln, ebelp, etenr) as source_id,
        concat_ws('/', ebeln, ebelp) as purchase_item_source_id,
        {{ plausible_date('eindt') }} as promised_date,
        menge as scheduled_quantity,
        wemng as received_quantity,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from purchase_schedule
