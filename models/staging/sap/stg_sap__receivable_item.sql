{{ config(unique_key='source_id') }}

with

{{ sap_item_open_or_cleared('stg_sap__customer_item_open', 'stg_sap__customer_item_cleared', 'customer_source_id', 1) }}
