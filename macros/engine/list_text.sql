{#- The different values of an expression in a group as one text, sorted, with ', ' between them; null where there is none.
    An aggregate. `condition` says which rows count. -#}
{% macro list_text(value, condition='true') -%}
    nullif(array_to_string(list_sort(list(distinct cast({{ value }} as varchar)) filter (where {{ condition }})), ', '), '')
{%- endmacro %}
