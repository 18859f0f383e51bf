{#- Whole minutes from one instant to a later one; null where one is missing. -#}
{% macro minutes_between(first, last) -%}
    cast(floor((epoch({{ last }}) - epoch({{ first }})) / 60) as bigint)
{%- endmacro %}
