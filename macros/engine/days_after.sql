{#- The number of days that a date is after another; negative when it is before. -#}
{% macro days_after(date, earlier) -%}
    cast({{ date }} - {{ earlier }} as integer)
{%- endmacro %}
