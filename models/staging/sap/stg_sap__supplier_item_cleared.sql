{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'BSAK'), ['BUKRS', 'LIFNR', 'GJAHR', 'BELNR', 'BUZEI']) }}
),

supplier_item_cleared as (
    {{ sap_item('latest', 'lifnr') }}
)

select * from supplier_item_cleared
