{#- All systems' staging models of an entity in the columns of its contract (the model's yml), one after the other.
    A column that a mapping does not deliver is null; without any system the relation is empty and typed.
    The columns source_system, source_id, is_deleted and _batch_id must be there.
    `with_history`: all versions of each record, from the systems that deliver stg_<system>__<entity>_version, and the
    record as it is from those that do not. -#}
{% macro conform(entity, with_history=false) -%}
    {%- set systems = var('entity_systems').get(entity, []) -%}
    {%- set with_versions = var('entity_systems').get(entity ~ '_version', []) if with_history else [] -%}
    {%- for system in systems %}
    {%- set staged = ref('stg_' ~ system ~ '__' ~ entity ~ ('_version' if system in with_versions else '')) -%}
    {%- set delivered = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(staged) -%}
            {%- do delivered.append(column.name | lower) -%}
        {%- endfor -%}
    {%- endif %}
    select
        {%- for column in model.columns.values() %}
        {%- if column.name == 'source_system' %}
        cast('{{ system }}' as varchar) as source_system
        {%- elif not delivered or column.name in delivered %}
        cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}
        {%- elif column.name in ['source_id', 'is_deleted', '_batch_id'] %}
        {{ exceptions.raise_compiler_error('stg_' ~ system ~ '__' ~ entity ~ ' must deliver the column ' ~ column.name) }}
        {%- else %}
        cast(null as {{ column.data_type }}) as {{ column.name }}
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ staged }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if not systems %}
    select
        {%- for column in model.columns.values() %}
        cast(null as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
    {%- endif %}
{%- endmacro %}
