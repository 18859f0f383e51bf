{#- Says of a common table expression that the engine shall put it in the place of each of its names: `shift as {{ inlined() }} (…)`.
    For views: what is named twice is kept aside else, and then the engine reads every column that the view has, and all rows of what is
    kept, whatever was asked of the view. And for what is longer than to be kept aside. Nothing where an engine decides that by itself. -#}
{% macro inlined() -%}
    not materialized
{%- endmacro %}
