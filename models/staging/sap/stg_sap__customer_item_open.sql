{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'BSID'), ['BUKRS', 'KUNNR', 'GJAHR', 'BELNR', 'BUZEI']) }}
),

customer_item_open as (
    {{ sap_item('latest', 'kunnr') }}
)

select * from customer_item_open
