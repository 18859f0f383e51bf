{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_touched_open_items(this, 'payable_item') }}",
    meta={'made_of': ['payable_item']},
) }}
-- depends_on: {{ ref('changed_payable_item') }}

{{ open_item_history('payable_item', partner_key='supplier_key') }}
