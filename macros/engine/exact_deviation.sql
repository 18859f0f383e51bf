{#- The standard deviation of an expression in a group (of a sample: divided by one less than its values), the same in whatever
    order rows come, and 0 where all are equal: sums of doubles are not. Reckoned with three digits after the point, given as a double;
    null for fewer than two values. An aggregate. -#}
{% macro exact_deviation(value) -%}
    {%- set exact = 'cast(' ~ value ~ ' as decimal(18, 3))' -%}
    sqrt(
        cast(
            cast(count({{ value }}) as decimal(10, 0)) * cast(sum({{ exact }} * {{ exact }}) as decimal(28, 6))
            - cast(sum({{ exact }}) as decimal(19, 3)) * cast(sum({{ exact }}) as decimal(19, 3)) as double
        )
        / nullif(count({{ value }}) * (count({{ value }}) - 1), 0)
    )
{%- endmacro %}
