{#- The key of a table stands in one row only; a failing row is a key and its number of rows. `key` is a column, which is never null,
    or a list of columns, where nothing is a value like others.
    An incremental build looks at the keys that it touched: those in `changed` (with the same `by`, if not the key), or those of
    rows in the new batches. -#}
{% test one_row_per(model, key, changed=none, by=none, column_of_batch=none) %}
{%- set columns = [key] if key is string else key -%}
{%- set touched = by or columns | join(', ') -%}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
{%- if changed or column_of_batch %}
where
    (select after_batch_id from {{ source('control', 'build') }}) = 0
    {%- if key is string %}
    or {{ key }} is null
    {%- endif %}
    or ({{ touched }}) in (
        select ({{ touched }})
        from {{ changed or model }}
        {%- if column_of_batch %}
        where {{ column_of_batch }} > (select after_batch_id from {{ source('control', 'build') }})
        {%- endif %}
    )
{%- endif %}
group by {{ columns | join(', ') }}
having count(*) > 1{{ ' or ' ~ key ~ ' is null' if key is string }}
{% endtest %}
