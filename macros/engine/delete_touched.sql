{#- Remove from an incremental table the rows that name, in one of `columns`, an id of the relation called `changed`.
    For Python models, which cannot say it themselves. -#}
{% macro delete_touched(relation, columns, changed) -%}
    {%- if is_incremental() -%}
    delete from {{ relation }}
    where
        {%- for column in columns %}
        {{ 'or ' if not loop.first }}{{ column }} in (select id from {{ ref(changed) }})
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
