{#- The documents of the ledger whose payments this build makes anew, as `columns` of their lines: those with news of a line, and all where a
    currency or an account has news, which is rare. A line that is gone names its document, which is a part of its key. -#}
{% macro sap_payment_documents_with_news(columns) -%}
    {{ rows_with_news('stg_sap__journal_line', ['stg_sap__currency_decimals', 'stg_sap__gl_account'], columns) }}
{%- endmacro %}

{#- Whether this build reads an `item` for the allocations that it makes anew, and whether it makes a row of `allocation` anew: all in a full
    build, else what changed_sap__clearing names. -#}
{% macro sap_item_is_read() -%}
    {{ named_in_changed_sap_clearing({'is_read': 'item.clearing_document_number'}) }}
{%- endmacro %}

{% macro sap_allocation_has_news() -%}
    {{ named_in_changed_sap_clearing({
        'clears': 'payment_allocation.clearing_document_number', 'pays': 'payment_allocation.clearing_payment_document_number'
    }, company='payment_allocation.company_code') }}
{%- endmacro %}

{% macro named_in_changed_sap_clearing(numbers, company='item.company_code') -%}
    {%- if not is_incremental() -%}
    true
    {%- else -%}
    (
        {%- for role, number in numbers.items() %}
        {{ 'or ' if not loop.first }}exists (
            select 1
            from {{ ref('changed_sap__clearing') }} as changed
            where changed.role = '{{ role }}' and changed.company_code = {{ company }} and changed.document_number = {{ number }}
        )
        {%- endfor %}
    )
    {%- endif -%}
{%- endmacro %}
