{#- The month of a date as YYYY-MM. -#}
{% macro month_text(date) -%}
    strftime({{ date }}, '%Y-%m')
{%- endmacro %}
