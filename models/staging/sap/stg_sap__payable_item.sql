{{ config(unique_key='source_id') }}

with

{{ sap_item_open_or_cleared('stg_sap__supplier_item_open', 'stg_sap__supplier_item_cleared', 'supplier_source_id', -1) }}
