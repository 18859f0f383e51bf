{{ config(
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where source_id in (select news.source_id from ({{ rows_with_news('stg_sap__journal_line', ['stg_sap__currency_decimals'], 'source_id') }}) as news){% endif %}",
) }}

with

line as (
    {%- if is_incremental() %}
    {{ rows_with_news('stg_sap__journal_line', ['stg_sap__currency_decimals']) }}
    {%- else %}
    select * from {{ ref('stg_sap__journal_line') }}
    {%- endif %}
),

payment_line as (
    select
        source_id,
        company_code,
        fiscal_year,
        document_number,
        document_type,
        posting_date,
        account_number,
        account_type,
        document_currency,
        amount_document,
        amount_company,
        amount_group,
        customer_source_id,
        supplier_source_id,
        _batch_id
    from line
    where {{ is_sap_payment('document_type') }} and not is_deleted
)

select * from payment_line
-- depends_on: {{ ref('stg_sap__currency_decimals') }}
