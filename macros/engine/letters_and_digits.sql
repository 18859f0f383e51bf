{#- A text without accents, case, blanks and punctuation, for comparing; nothing left is null. -#}
{% macro letters_and_digits(column) -%}
    nullif(upper(regexp_replace(strip_accents({{ column }}), '[^A-Za-z0-9]', '', 'g')), '')
{%- endmacro %}
