{{ config(materialized='table', meta={'made_of': ['invoice_line']}) }}

{{ changed_rows(
    'invoice_line',
    fact='fct_invoice_line',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, 'invoice_date'),
        ('changed_product_version', {'source_system': 'source_system', 'product_number': 'product_number'}, 'invoice_date'),
        ('warehouse', {'source_system': 'source_system', 'warehouse_code': 'warehouse_code'}),
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('exchange_rate_day', {'rate_date': 'rate_date'}),
    ],
    remember={'sales_order_line_key': 'bigint', 'invoice_date': 'date', 'invoice_number': 'varchar'},
) }}
