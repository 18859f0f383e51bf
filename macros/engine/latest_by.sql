{#- The latest row per key of a relation: `partition` and `order` are lists of SQL expressions, latest first. -#}
{% macro latest_by(relation, partition, order) -%}
    select *
    from {{ relation }}
    qualify row_number() over (partition by {{ partition | join(', ') }} order by {{ order | join(', ') }}) = 1
{%- endmacro %}
