{#- The key of a table stands in one row only; a failing row is a key and its number of rows. -#}
{% test one_row_per(model, key) %}
select
    {{ key }},
    count(*) as row_count
from {{ model }}
group by {{ key }}
having count(*) > 1 or {{ key }} is null
{% endtest %}
