{#- Says of a common table expression that the engine shall put it in the place of each of its names: `line as {{ inlined() }} (…)`. What is
    named twice is kept aside else, whole. Not for views: the engine forgets the word when it stores one. A view names a relation
    as often as it needs it; of what it names twice by an expression every column is read, whatever was asked of the view. -#}
{% macro inlined() -%}
    not materialized
{%- endmacro %}
