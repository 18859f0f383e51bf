{{ config(meta={'made_of': ['receivable_item']}) }}

{{ ageing_snapshot('ar_ageing_snapshot', 'receivable_item', partner_key='customer_key') }}
