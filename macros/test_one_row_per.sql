{#- The key of a table stands in one row only; a failing row is a key and its number of rows.
    An incremental build looks at the keys that it touched: those in `changed`, or those of rows in the new batches. -#}
{% test one_row_per(model, key, changed=none, column_of_batch=none) %}
select
    {{ key }},
    count(*) as row_count
from {{ model }}
{%- if changed or column_of_batch %}
where
    (select after_batch_id from {{ source('control', 'build') }}) = 0
    or {{ key }} is null
    or {{ key }} in (
        select {{ key }}
        from {{ changed or model }}
        {%- if column_of_batch %}
        where {{ column_of_batch }} > (select after_batch_id from {{ source('control', 'build') }})
        {%- endif %}
    )
{%- endif %}
group by {{ key }}
having count(*) > 1 or {{ key }} is null
{% endtest %}
