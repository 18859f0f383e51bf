{#- The day of the week of a date, from 1 for Monday to 7 for Sunday. -#}
{% macro iso_weekday(date) -%}
    extract(isodow from {{ date }})
{%- endmacro %}
