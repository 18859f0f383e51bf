{#- The last batch that the version before has seen: rows with a later one are news. As a number (`of_rows`), which the build remembers
    (see remember_after_batch), it spares the reading of older rows even through the joins of a view; this is for the rows that are to
    be found, in tables alone. As a subquery it is for what those rows look up: that there is no news of it shows when it is read, and
    then the rows are not read, while the engine takes a number for a hint at many. Unit tests give the relation. -#}
{% macro after_batch(of_rows=false) -%}
    {%- set build = source('control', 'build') -%}
    {%- if not of_rows or model.resource_type == 'unit_test' -%}
    (select build.after_batch_id from {{ build }} as build)
    {%- else -%}
    coalesce(getvariable('after_batch_id'), 0)
    {%- endif -%}
{%- endmacro %}

{#- Remember the last batch that the version before has seen, for the statements of a connection. -#}
{% macro remember_after_batch() %}
    {% call statement('after_batch') %}
        set variable after_batch_id = (select build.after_batch_id from log.control.build as build)
    {% endcall %}
{% endmacro %}
