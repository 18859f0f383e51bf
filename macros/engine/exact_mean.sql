{#- The mean of an expression in a group, the same in whatever order rows come: sums of doubles are not. Reckoned with `digits`
    digits after the point, given as a double; nulls do not count. An aggregate. -#}
{% macro exact_mean(value, digits=3) -%}
    cast(sum(cast({{ value }} as decimal(18, {{ digits }}))) as double) / count({{ value }})
{%- endmacro %}
