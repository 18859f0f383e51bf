{#- An amount in another currency, rounded once. -#}
{% macro amount_in(amount, rate) -%}
    cast({{ amount }} * {{ rate }} as decimal(18, 2))
{%- endmacro %}
