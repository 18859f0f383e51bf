{{ config(materialized='table', meta={'made_of': ['return_line']}) }}

{{ changed_rows(
    'return_line',
    fact='fct_return_line',
    may_vanish=true,
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, 'return_date'),
        ('changed_product_version', {'source_system': 'source_system', 'product_number': 'product_number'}, 'return_date'),
        ('warehouse', {'source_system': 'source_system', 'warehouse_code': 'warehouse_code'}),
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('exchange_rate_day', {'return_date': 'rate_date'}),
    ],
    remember={'return_number': 'varchar'},
) }}
