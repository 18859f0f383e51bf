{{ config(materialized='table', meta={'made_of': ['production_order']}) }}

{{ changed_rows(
    'production_order',
    fact='fct_production_order',
    lookups=[
        ('changed_product_version', {'source_system': 'source_system', 'product_number': 'product_number'}, 'planned_start_date'),
        ('warehouse', {'source_system': 'source_system', 'warehouse_code': 'warehouse_code'}),
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
    ],
) }}
