{#- The rows of a fact that this build has to make anew: those of its entity that changed themselves, and those for which
    something that they look up did; none when everything is built anew.
    `lookups` are pairs: the name of a relation that the fact joins, and which column of the entity meets which of it; and, of a
    relation that tells from when until when something changed (valid_from, valid_to), the column with the date of the row.
    `histories` are pairs like those, for what a fact adds up. The fact says in history_entries of how many it is made: an entry that has
    gone, or is of another row now, may no longer say whose it was.
    `document` names a key of the document that a row belongs to and its parts; the document that it belonged to before
    counts too. `may_vanish`: the entity is a selection, which a row leaves without being deleted. `remember` names columns of the
    fact, and their types, that are kept as they were before: what is made of the fact by its parts then knows which parts it has to
    make anew. -#}
{% macro changed_rows(entity, fact, lookups, histories=[], document=none, may_vanish=false, remember={}) -%}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', fact) -%}
{%- set row_key = fact[4:] ~ '_key' -%}
{%- set after = after_batch() -%}
{%- set columns = ['source_system', 'source_id', '_batch_id'] + (document.parts if document else []) -%}
with

-- Each kind of news reads the rows on its own: what has no news is not read, and new rows are read alone. Where news have dates,
-- they are joined: then only the days concerned are read.
changed_row as (
    select {{ columns | unique | join(', ') }}
    from {{ ref(entity) }}
    where _batch_id > {{ after_batch(of_rows=true) }}
    {%- for lookup in lookups + histories %}
    {%- set relation, meeting, date = lookup[0], lookup[1], lookup[2] if lookup | length > 2 %}

    union

    select entity.{{ columns | unique | join(', entity.') }}
    from {{ ref(entity) }} as entity
    {%- if date %}
    inner join {{ ref(relation) }} as looked_up
        on
            looked_up._batch_id > {{ after }}
            {%- for mine, theirs in meeting.items() %}
            and looked_up.{{ theirs }} = entity.{{ mine }}
            {%- endfor %}
            and entity.{{ date }} >= looked_up.valid_from
            and entity.{{ date }} < looked_up.valid_to
    {%- else %}
    where {{ looks_up_news('entity', relation, meeting) }}
    {%- endif %}
    {%- endfor %}
    {%- for relation, meeting in (histories if before else []) %}

    union

    select entity.{{ columns | unique | join(', entity.') }}
    from {{ ref(entity) }} as entity
    inner join {{ before }} as before on entity.source_system = before.source_system and entity.source_id = before.source_id
    left join (
        select
            {{ meeting.values() | join(', ') }},
            count(*) as entries
        from {{ ref(relation) }}
        where not is_deleted
        group by {{ meeting.values() | join(', ') }}
    ) as history
        on
        {%- for mine, theirs in meeting.items() %}
        {{ 'and ' if not loop.first }}entity.{{ mine }} = history.{{ theirs }}
        {%- endfor %}
    where before.history_entries <> coalesce(history.entries, 0)
    {%- endfor %}
),

changed_row_now as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as {{ row_key }},
        {%- if document %}
        {{ surrogate_key(document.parts) }} as {{ document.key }},
        {%- endif %}
        source_system,
        source_id,
        {%- for column, type in remember.items() %}
        cast(null as {{ type }}) as {{ column }}_before,
        {%- endfor %}
        _batch_id
    from changed_row
    {%- if not before %}
    where false
    {%- endif %}
),

changed_row_now_or_before as (
    select * from changed_row_now
    {%- if before and (document or remember) %}

    union all

    select
        {{ row_key }},
        {%- if document %}
        {{ document.key }},
        {%- endif %}
        cast(null as varchar) as source_system,
        cast(null as varchar) as source_id,
        {%- for column in remember %}
        {{ column }} as {{ column }}_before,
        {%- endfor %}
        cast(null as integer) as _batch_id
    from {{ before }}
    where {{ row_key }} in (select now.{{ row_key }} from changed_row_now as now)
    {%- endif %}
    {%- if before and may_vanish %}

    union all

    select
        {{ row_key }},
        {%- if document %}
        {{ document.key }},
        {%- endif %}
        source_system,
        source_id,
        {%- for column in remember %}
        {{ column }} as {{ column }}_before,
        {%- endfor %}
        cast(null as integer) as _batch_id
    from {{ before }} as before
    where
        not exists (
            select 1
            from {{ ref(entity) }} as entity
            where entity.source_system = before.source_system and entity.source_id = before.source_id
        )
    {%- endif %}
),

-- Of the fact as it was before, its keys and what is remembered are read alone: it is long, and what changed says the names.
changed as (
    select
        {{ row_key }},
        {%- if document %}
        {{ document.key }},
        {%- endif %}
        max(source_system) as source_system,
        max(source_id) as source_id,
        {%- for column in remember %}
        max({{ column }}_before) as {{ column }}_before,
        {%- endfor %}
        max(_batch_id) as _batch_id
    from changed_row_now_or_before
    group by {{ row_key }}{{ ', ' ~ document.key if document }}
)

select * from changed
{%- endmacro %}
