{#- Whether `row`, a name in the query, looks up something that has news: a row of `relation` whose columns `meeting` says to meet which
    of its own; and, of a relation that tells from when until when something changed (valid_from, valid_to), on the day in its column
    `date`. -#}
{% macro looks_up_news(row, relation, meeting, date=none) -%}
    exists (
        select 1
        from {{ ref(relation) }} as looked_up
        where
            looked_up._batch_id > {{ after_batch() }}
            {%- for mine, theirs in meeting.items() %}
            and looked_up.{{ theirs }} = {{ row }}.{{ mine }}
            {%- endfor %}
            {%- if date %}
            and {{ row }}.{{ date }} >= looked_up.valid_from
            and {{ row }}.{{ date }} < looked_up.valid_to
            {%- endif %}
    )
{%- endmacro %}
