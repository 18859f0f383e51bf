{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_touched_open_items(this, 'receivable_item') }}",
    meta={'made_of': ['receivable_item']},
) }}
-- depends_on: {{ ref('changed_receivable_item') }}

{{ open_item_history('receivable_item', partner_key='customer_key') }}
