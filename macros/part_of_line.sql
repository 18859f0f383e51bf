{#- The part of an order line's amount that `done` of its quantity stands for: nothing of it before, and all of it at most. -#}
{% macro part_of_line(amount, done, quantity) -%}
    cast(
        case
            when ({{ done }}) <= 0 then 0
            when ({{ done }}) >= {{ quantity }} then {{ amount }}
            else cast({{ amount }} as double) * ({{ done }}) / {{ quantity }}
        end as decimal(18, 2)
    )
{%- endmacro %}
