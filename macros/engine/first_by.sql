{#- The value of an expression, null or not, in the row of a group that comes first by `order` (a list of SQL expressions,
    smallest first) among the rows that meet `condition`. An aggregate. -#}
{% macro first_by(value, order, condition) -%}
    (arg_min(struct_pack(found := {{ value }}), ({{ order | join(', ') }})) filter (where {{ condition }})).found
{%- endmacro %}
