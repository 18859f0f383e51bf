{#- The value below which the part `share` (0 to 1) of a group's values lies, interpolated between two of them; null where there is none.
    An aggregate. -#}
{% macro quantile(value, share) -%}
    quantile_cont({{ value }}, {{ share }})
{%- endmacro %}
