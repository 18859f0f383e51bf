{{ config(materialized='table', meta={'made_of': ['stock_movement']}) }}

{{ changed_rows(
    'stock_movement',
    fact='fct_stock_movement',
    document={'key': 'stock_place_key', 'parts': ['source_system', 'product_number', 'warehouse_code']},
    lookups=[
        ('supplier', {'source_system': 'source_system', 'supplier_source_id': 'source_id'}),
        ('changed_product_version', {'source_system': 'source_system', 'product_number': 'product_number'}, 'posting_date'),
        ('warehouse', {'source_system': 'source_system', 'warehouse_code': 'warehouse_code'}),
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('exchange_rate_day', {'posting_date': 'rate_date'}),
    ],
) }}
