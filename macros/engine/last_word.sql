{#- The last word of a text. -#}
{% macro last_word(column) -%}
    regexp_extract(trim({{ column }}), '[^ ]+$')
{%- endmacro %}
