{#- The key of a row of another fact that a row names by its source_id in the same system; null where it names none. -#}
{% macro reference_key(column) -%}
    case when {{ column }} is not null then {{ surrogate_key(['source_system', column]) }} end
{%- endmacro %}
