{#- An amount in another currency, rounded once. The wider decimal keeps the engine from multiplying in 64 bits, where ten million
    at any rate would overflow. -#}
{% macro amount_in(amount, rate) -%}
    cast(cast({{ amount }} as decimal(24, 6)) * {{ rate }} as decimal(18, 2))
{%- endmacro %}
