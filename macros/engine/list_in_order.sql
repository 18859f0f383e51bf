{#- The texts of a group as one, with '; ' between them, in the order of an expression; null where there is none. An aggregate.
    `condition` says which rows count. -#}
{% macro list_in_order(value, order, condition='true') -%}
    string_agg({{ value }}, '; ' order by {{ order }}) filter (where {{ condition }})
{%- endmacro %}
