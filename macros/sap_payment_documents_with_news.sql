{#- The documents of the ledger whose payments this build makes anew, as `columns` of their lines: those with news of a line, and all where a
    currency or an account has news, which is rare. A line that is gone names its document, which is a part of its key. -#}
{% macro sap_payment_documents_with_news(columns) -%}
    {{ rows_with_news('stg_sap__journal_line', ['stg_sap__currency_decimals', 'stg_sap__gl_account'], columns) }}
{%- endmacro %}

{#- Whether changed_sap__clearing names the document `number` of a row of `rows` in this `role`: true for all in a full build. -#}
{% macro sap_clearing_is_named(role, rows, number) -%}
    {%- if is_incremental() -%}
    exists (
        select 1
        from {{ ref('changed_sap__clearing') }} as named
        where named.role = '{{ role }}' and named.company_code = {{ rows }}.company_code and named.document_number = {{ rows }}.{{ number }}
    )
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{#- Whether this build makes a row of `payment_allocation` anew. -#}
{% macro sap_allocation_has_news() -%}
    (
        {{ sap_clearing_is_named('clears', 'payment_allocation', 'clearing_document_number') }}
        or {{ sap_clearing_is_named('pays', 'payment_allocation', 'clearing_payment_document_number') }}
    )
{%- endmacro %}
