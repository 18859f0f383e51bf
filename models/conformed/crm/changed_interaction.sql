{{ config(materialized='table', meta={'made_of': ['interaction']}) }}

{{ changed_rows(
    'interaction',
    fact='fct_interaction',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'account_source_id': 'source_id'}),
        ('employee_key', {'source_system': 'source_system', 'owner_source_id': 'source_id'}),
    ],
) }}
