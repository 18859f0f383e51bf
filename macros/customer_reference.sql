{#- A customer number that several systems share, without the punctuation that each of them adds. -#}
{% macro customer_reference(column) -%}
    nullif(upper(regexp_replace({{ column }}, '[^A-Za-z0-9]', '', 'g')), '')
{%- endmacro %}
