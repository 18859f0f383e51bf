{#- The last word of a text. -#}
{% macro last_word(column) -%}
    nullif(regexp_extract(trim({{ column }}), '[^ ]+$'), '')
{%- endmacro %}

{#- A text without its last word; null when it has one word only. -#}
{% macro before_last_word(column) -%}
    nullif(trim(regexp_replace(trim({{ column }}), '[^ ]+$', '')), '')
{%- endmacro %}
