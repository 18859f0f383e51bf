{{ config(materialized='table', meta={'made_of': ['receivable_item']}) }}

{{ changed_rows(
    'receivable_item',
    fact='fct_receivable_item',
    lookups=[
        ('company', {'source_system': 'source_system', 'company_code': 'company_code'}),
        ('gl_account', {'source_system': 'source_system', 'company_code': 'company_code', 'account_number': 'account_number'}),
        ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}),
        ('changed_customer_version', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, 'posting_date'),
        ('exchange_rate_day', {'posting_date': 'rate_date'}),
    ],
    remember={
        'company_key': 'bigint',
        'fiscal_year': 'integer',
        'document_number': 'varchar',
        'invoice_fiscal_year': 'integer',
        'invoice_document_number': 'varchar',
    },
) }}
