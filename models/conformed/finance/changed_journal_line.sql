{{ config(materialized='table', meta={'made_of': ['journal_line']}) }}

{{ changed_rows(
    'journal_line',
    fact='fct_journal_line',
    lookups=[
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('company', {'source_system': 'source_system', 'partner_company_code': 'company_code'}),
        ('gl_account', {'source_system': 'source_system', 'company_code': 'company_code', 'account_number': 'account_number'}),
        ('cost_center', {'source_system': 'source_system', 'cost_center_code': 'cost_center_code'}),
        ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}),
        ('changed_product_key', {'source_system': 'source_system', 'product_number': 'product_number'}),
        ('currency_decimals', {'source_system': 'source_system', 'document_currency': 'currency_code'}),
        ('currency_decimals', {'source_system': 'source_system', 'company_currency': 'currency_code'}),
        ('currency_decimals', {'source_system': 'source_system', 'group_currency': 'currency_code'}),
    ],
    remember={'company_key': 'bigint', 'fiscal_year': 'integer', 'fiscal_period': 'integer'},
) }}
