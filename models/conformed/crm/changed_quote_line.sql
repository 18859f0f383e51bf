{{ config(materialized='table', meta={'made_of': ['quote_line']}) }}

{{ changed_rows(
    'quote_line',
    fact='fct_quote_line',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'account_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'account_source_id': 'source_id'}, 'quote_date'),
        ('employee_key', {'source_system': 'source_system', 'owner_source_id': 'source_id'}),
        ('changed_product_version', {'product_number': 'product_number'}, 'quote_date'),
        ('exchange_rate_day', {'quote_date': 'rate_date'}),
    ],
) }}
