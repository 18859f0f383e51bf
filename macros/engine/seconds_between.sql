{#- Whole seconds from one instant to a later one; null where one is missing. -#}
{% macro seconds_between(first, last) -%}
    cast(floor(epoch({{ last }})) - floor(epoch({{ first }})) as bigint)
{%- endmacro %}
