{#- A number of SAP without the zeros that pad it to its length: only numbers made of digits are padded; blank is null. -#}
{% macro sap_number(column) -%}
    case when translate({{ column }}, '0123456789', '') = '' then nullif(trim(leading '0' from {{ column }}), '') else {{ column }} end
{%- endmacro %}
