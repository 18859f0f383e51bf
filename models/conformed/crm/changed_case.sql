{{ config(materialized='table', meta={'made_of': ['case']}) }}

{{ changed_rows(
    'case',
    fact='fct_case',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'account_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'account_source_id': 'source_id'}, 'opened_date'),
        ('employee_key', {'source_system': 'source_system', 'owner_source_id': 'source_id'}),
        ('changed_product_version', {'product_number': 'product_number'}, 'opened_date'),
    ],
    histories=[('case_event', {'source_system': 'source_system', 'source_id': 'case_source_id'})],
) }}
