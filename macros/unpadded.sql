{#- A number without the zeros that SAP pads it with; it pads only numbers made of digits. -#}
{% macro unpadded(column) -%}
    case when translate({{ column }}, '0123456789', '') = '' then trim(leading '0' from {{ column }}) else {{ column }} end
{%- endmacro %}
