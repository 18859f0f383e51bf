{#- Every key of a fact is in its dimension; a failing row is a key that is not, and how many rows carry it. -#}
{% test keys_found_in(model, column, to, key) %}
select
    fact.{{ column }} as used_key,
    count(*) as row_count
from {{ model }} as fact
where not exists (select 1 from {{ to }} as dimension where dimension.{{ key }} = fact.{{ column }})
group by fact.{{ column }}
{% endtest %}
