{{ config(meta={'made_of': ['payable_item']}) }}

{{ ageing_snapshot('ap_ageing_snapshot', 'payable_item', partner_key='supplier_key') }}
