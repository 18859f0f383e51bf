{#- The name of a fiscal period as text: year and period, as in 2026-03. -#}
{% macro period_text(year, period) -%}
    cast({{ year }} as varchar) || '-' || lpad(cast({{ period }} as varchar), 2, '0')
{%- endmacro %}
