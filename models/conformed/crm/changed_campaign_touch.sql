{{ config(materialized='table', meta={'made_of': ['campaign_touch']}) }}

{{ changed_rows(
    'campaign_touch',
    fact='fct_campaign_touch',
    lookups=[
        ('changed_customer_key', {'source_system': 'source_system', 'account_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'account_source_id': 'source_id'}, 'touch_date'),
        ('employee_key', {'source_system': 'source_system', 'owner_source_id': 'source_id'}),
    ],
) }}
