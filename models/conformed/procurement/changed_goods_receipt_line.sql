{{ config(materialized='table', meta={'made_of': ['goods_receipt_line']}) }}

{{ changed_rows(
    'goods_receipt_line',
    fact='fct_goods_receipt_line',
    lookups=[
        ('supplier', {'source_system': 'source_system', 'supplier_source_id': 'source_id'}),
        ('changed_product_version', {'source_system': 'source_system', 'product_number': 'product_number'}, 'posting_date'),
        ('warehouse', {'source_system': 'source_system', 'warehouse_code': 'warehouse_code'}),
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('exchange_rate_day', {'posting_date': 'rate_date'}),
    ],
) }}
