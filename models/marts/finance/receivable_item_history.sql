{{ config(meta={'made_of': ['receivable_item']}) }}

{{ open_item_history('receivable_item', partner_key='customer_key') }}
