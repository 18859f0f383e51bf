{#- Group currency for one unit of a currency, given the rate that was found for it: one for the group's own. -#}
{% macro rate_to_group(currency, rate) -%}
    case when {{ currency }} = '{{ var("group_currency") }}' then cast(1 as decimal(18, 9)) else {{ rate }} end
{%- endmacro %}
