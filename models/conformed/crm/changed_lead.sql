{{ config(materialized='table', meta={'made_of': ['lead']}) }}

{{ changed_rows(
    'lead',
    fact='fct_lead',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'converted_account_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'converted_account_source_id': 'source_id'}, 'created_at'),
        ('employee_key', {'source_system': 'source_system', 'owner_source_id': 'source_id'}),
        ('opportunity', {'source_system': 'source_system', 'converted_opportunity_source_id': 'source_id'}),
    ],
) }}
