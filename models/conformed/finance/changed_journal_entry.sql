{{ config(materialized='table', meta={'made_of': ['journal_entry']}) }}

{{ changed_rows(
    'journal_entry',
    fact='fct_journal_entry',
    lookups=[
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
    ],
) }}
