{#- A number that tells rows with different values apart, to be added up: equal sums of two sides mean equal rows, whatever their
    order. 60 bits, made and compared in one query only, for it is another one in another version of the engine. -#}
{% macro fingerprint(values) -%}
    cast(hash({{ values | join(', ') }}) >> 4 as bigint)
{%- endmacro %}
