{#- A score from 1 to 5: the fifth of the rows that a value is in, 5 the last in `order`. Equal values get equal scores, that of the middle
    of their places: where all are equal it is 3. A window expression; whole numbers only, so that it is the same everywhere. -#}
{% macro quintile(partition, order) -%}
    cast(
        1 + floor(
            5 * (
                rank() over (partition by {{ partition }} order by {{ order }}) - 1
                + count(*) over (partition by {{ partition }} order by {{ order }})
            ) / cast(2 * count(*) over (partition by {{ partition }}) as double)
        ) as integer
    )
{%- endmacro %}
