{{ config(materialized='table', meta={'made_of': ['interaction']}) }}

{{ changed_rows(
    'interaction',
    fact='fct_interaction',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'account_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'account_source_id': 'source_id'}, 'interaction_date'),
        ('employee_key', {'source_system': 'source_system', 'owner_source_id': 'source_id'}),
    ],
) }}
