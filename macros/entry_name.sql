{#- The name of a journal entry as people look for it: company, number and fiscal year, as in 1000/90000001/2026. -#}
{% macro entry_name(company, number, year) -%}
    concat_ws('/', coalesce({{ company }}, '?'), {{ number }}, cast({{ year }} as varchar))
{%- endmacro %}
