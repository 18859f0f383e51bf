{{ config(materialized='table', meta={'made_of': ['delivery_line']}) }}

{{ changed_rows(
    'delivery_line',
    fact='fct_delivery_line',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, 'delivery_date'),
        ('changed_product_version', {'source_system': 'source_system', 'product_number': 'product_number'}, 'delivery_date'),
        ('warehouse', {'source_system': 'source_system', 'warehouse_code': 'warehouse_code'}),
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
    ],
    remember={'sales_order_line_key': 'bigint', 'delivery_number': 'varchar'},
) }}
