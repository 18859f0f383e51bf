{#- The surviving value of an attribute and the kind of record that it comes from: `first` is believed, and `second`
    where the first is silent. Both are aliases of CTEs, named after the kinds of record. -#}
{% macro survivor(attribute, first, second) -%}
    coalesce({{ first }}.{{ attribute }}, {{ second }}.{{ attribute }}) as {{ attribute }},
    case
        when {{ first }}.{{ attribute }} is not null then '{{ first }}'
        when {{ second }}.{{ attribute }} is not null then '{{ second }}'
    end as {{ attribute }}_source
{%- endmacro %}
