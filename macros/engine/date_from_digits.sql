{#- A date written as the digits YYYYMMDD (text or number); anything that is not such a date is null. -#}
{% macro date_from_digits(column) -%}
    cast(try_strptime(cast({{ column }} as varchar), '%Y%m%d') as date)
{%- endmacro %}
