{#- Every key of a fact is in its dimension; a failing row is a key that is not, and how many rows carry it. -#}
{% test keys_found_in(model, column, to, key) %}
with

used as (
    select
        {{ column }} as used_key,
        count(*) as row_count
    from {{ model }}
    group by {{ column }}
)

select used.*
from used
left join {{ to }} as dimension on used.used_key = dimension.{{ key }}
where dimension.{{ key }} is null
{% endtest %}
