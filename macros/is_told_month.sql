{#- Whether a month is one of those that a mart with `months` of history tells of: those back from today's. -#}
{% macro is_told_month(month, months) -%}
    {{ month }} between
    (select cast(today.as_of_month - interval {{ months }} months as date) from {{ ref('as_of') }} as today)
    and (select today.as_of_month from {{ ref('as_of') }} as today)
{%- endmacro %}
