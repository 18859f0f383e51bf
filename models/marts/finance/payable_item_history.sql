{{ config(meta={'made_of': ['payable_item']}) }}

{{ open_item_history('payable_item', partner_key='supplier_key') }}
