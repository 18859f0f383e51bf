{#- The last batch that the version before has seen: rows with a later one are news. For tables alone, for it is no part of what they
    read but a number that the build remembers (see remember_after_batch): a comparison with a number spares the reading of older
    rows even through the joins of a view, which one with a subquery does not. Unit tests give the relation. -#}
{% macro after_batch() -%}
    {%- set build = source('control', 'build') -%}
    {%- if model.resource_type == 'unit_test' -%}
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
