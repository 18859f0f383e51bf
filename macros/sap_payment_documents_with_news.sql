{#- The documents of the ledger whose payments this build makes anew, as `columns` of their lines: those with news of a line, and all where a
    currency or an account has news, which is rare. A line that is gone names its document, which is a part of its key. -#}
{% macro sap_payment_documents_with_news(columns) -%}
    {{ rows_with_news('stg_sap__journal_line', ['stg_sap__currency_decimals', 'stg_sap__gl_account'], columns) }}
{%- endmacro %}

{#- Whether this build makes a row of `allocation` anew: changed_sap__clearing names the documents that clear and those that pay. -#}
{% macro sap_allocation_has_news() -%}
    {%- for number, role in [('clearing_document_number', 'clears'), ('clearing_payment_document_number', 'pays')] %}
    {{ 'or ' if not loop.first }}exists (
        select 1
        from {{ ref('changed_sap__clearing') }}
        where role = '{{ role }}' and company_code = allocation.company_code and document_number = allocation.{{ number }}
    )
    {%- endfor %}
{%- endmacro %}
