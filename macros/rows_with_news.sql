{#- The rows of a relation that came with this build; all of them where any of what they look up did: `looked_up` names relations that
    hardly ever have news. Each kind of news reads the rows on its own, for then older rows are not read for the one, nor any for the other. -#}
{% macro rows_with_news(relation, looked_up, columns='*') -%}
    select {{ columns }} from {{ ref(relation) }}
    where _batch_id > {{ after_batch(of_rows=true) }}

    union all

    select {{ columns }} from {{ ref(relation) }}
    where
        _batch_id <= {{ after_batch(of_rows=true) }}
        and exists (
            {%- for name in looked_up %}
            select 1 from {{ ref(name) }} as looked_up
            where looked_up._batch_id > {{ after_batch() }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}
