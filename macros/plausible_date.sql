{#- A date written as digits; a year that nobody can mean is no date. -#}
{% macro plausible_date(column) -%}
    case
        when {{ date_from_digits(column) }} between date '1990-01-01' and date '2100-12-31' then {{ date_from_digits(column) }}
    end
{%- endmacro %}
