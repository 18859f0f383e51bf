{{ config(materialized='table', meta={'made_of': ['sales_order_line']}) }}

{{ changed_rows(
    'sales_order_line',
    fact='fct_sales_order_line',
    document={'key': 'sales_order_key', 'parts': ['source_system', 'order_number']},
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, 'order_date'),
        ('changed_product_version', {'source_system': 'source_system', 'product_number': 'product_number'}, 'order_date'),
        ('changed_product_cost', {'source_system': 'source_system', 'product_number': 'product_number'}, 'order_date'),
        ('warehouse', {'source_system': 'source_system', 'warehouse_code': 'warehouse_code'}),
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('exchange_rate_day', {'order_date': 'rate_date'}),
    ],
    remember={
        'order_number': 'varchar',
        'order_date': 'date',
        'product_key': 'bigint',
        'customer_key': 'bigint',
        'product_version_key': 'bigint',
        'customer_version_key': 'bigint',
        'quantity': 'decimal(18,3)',
        'net_amount_group': 'decimal(18,2)',
        'cost_amount_group': 'decimal(18,2)',
    },
) }}
