{#- The value below which a share of a group lies, between two values where it falls between them; nulls do not count. An aggregate.
    `condition` says which rows count. -#}
{% macro quantile(value, share, condition='true') -%}
    quantile_cont(cast({{ value }} as double), {{ share }}) filter (where {{ condition }})
{%- endmacro %}
