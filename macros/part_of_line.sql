{#- The part of an order line's amount that so much of its quantity stands for: nothing of it before, and all of it at most. A line without
    a quantity is done with its first document, so what is left of it is nothing once `done` is not null. -#}
{% macro part_of_line(amount, done, quantity) -%}
    cast(
        case
            when {{ done }} >= {{ quantity }} then {{ amount }}
            when {{ done }} <= 0 then 0
            else cast({{ amount }} as double) * {{ done }} / {{ quantity }}
        end as decimal(18, 2)
    )
{%- endmacro %}
