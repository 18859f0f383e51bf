{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'journal_line_key', ref('changed_journal_line')) }}",
    meta={'made_of': ['journal_line']},
) }}

with

line as (
    {{ rows_to_make('journal_line', 'changed_journal_line') }}
),

account_line as (
    {{ with_account('line') }}
),

cost_center_line as (
    {{ with_cost_center('account_line', 'posting_date') }}
),

fct_journal_line as (
    select
        {{ surrogate_key(['line.source_system', 'line.source_id']) }} as journal_line_key,
        line.account_key,
        line.cost_center_key,
        line.cost_center_version_key,
        coalesce(company.company_key, -1) as company_key,
        coalesce(partner_company.company_key, -1) as partner_company_key,
        coalesce(customer.customer_key, -1) as customer_key,
        {{ supplier_key('line.source_system', 'line.supplier_source_id') }} as supplier_key,
        coalesce(product.product_key, -1) as product_key,
        line.source_system,
        line.source_id,
        line.fiscal_year,
        line.fiscal_period,
        line.document_number,
        line.line_number,
        line.document_type,
        line.posting_date,
        line.account_type,
        line.supplier_source_id,
        line.warehouse_code,
        line.quantity,
        line.document_currency,
        line.company_currency,
        line.group_currency,
        line.amount_document,
        line.amount_company,
        line.amount_group,
        line.source_document_type,
        line.source_document_number
    from cost_center_line as line
    left join {{ ref('dim_company') }} as company
        on line.source_system = company.source_system and line.company_code = company.company_code
    left join {{ ref('dim_company') }} as partner_company
        on line.source_system = partner_company.source_system and line.partner_company_code = partner_company.company_code
    left join {{ ref('customer_key') }} as customer
        on line.source_system = customer.source_system and line.customer_source_id = customer.source_id
    left join {{ ref('dim_product') }} as product
        on line.source_system = product.source_system and line.product_number = product.product_number and product.is_current
)

select * from fct_journal_line
