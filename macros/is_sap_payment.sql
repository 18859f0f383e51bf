{#- Whether SAP posts payments with this type of document (BLART): the variable sap_payment_document_types. -#}
{% macro is_sap_payment(document_type) -%}
    {{ document_type }} in ('{{ var("sap_payment_document_types") | join("', '") }}')
{%- endmacro %}
