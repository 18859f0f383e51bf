{{ config(materialized='table', meta={'made_of': ['payable_item']}) }}

{{ changed_rows(
    'payable_item',
    fact='fct_payable_item',
    lookups=[
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('gl_account', {'source_system': 'source_system', 'company_code': 'company_code', 'account_number': 'account_number'}),
        ('exchange_rate_day', {'posting_date': 'rate_date'}),
    ],
    remember={'company_key': 'bigint', 'fiscal_year': 'integer', 'document_number': 'varchar'},
) }}
