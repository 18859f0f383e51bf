{#- The days on which `dimension` describes something by another version than before this build: `names` are the columns that say what,
    valid_from the first of the days, valid_to the day after the last; none when everything is built anew. A version that came or went
    says all its days, one that stayed those that it took from its neighbours or gave them. The star is read as it was before this
    build: by name and not by ref, for the dimension is built after this. -#}
{% macro changed_days(dimension, history, names) -%}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', dimension) -%}
{%- set version_key = dimension[4:] ~ '_version_key' -%}
{%- if before %}
    with compared as (
        select
            {%- for name in names %}
            coalesce(version.{{ name }}, version_before.{{ name }}) as {{ name }},
            {%- endfor %}
            version.valid_from,
            version.valid_to,
            version_before.valid_from as valid_from_before,
            version_before.valid_to as valid_to_before
        from {{ ref(history) }} as version
        full join (select * from {{ before }} where {{ version_key }} <> -1) as version_before
            on version.{{ version_key }} = version_before.{{ version_key }}
    )

    select
        changed_day.*,
        build.after_batch_id + 1 as _batch_id
    from (
        select
            {{ names | join(', ') }},
            coalesce(valid_from, valid_from_before) as valid_from,
            coalesce(valid_to, valid_to_before) as valid_to
        from compared
        where valid_from is null or valid_from_before is null
        {%- for end in ['valid_from', 'valid_to'] %}

        union

        select
            {{ names | join(', ') }},
            least({{ end }}, {{ end }}_before) as valid_from,
            greatest({{ end }}, {{ end }}_before) as valid_to
        from compared
        where {{ end }} <> {{ end }}_before
        {%- endfor %}
    ) as changed_day
    cross join {{ source('control', 'build') }} as build
{%- else %}
    select
        {{ names | join(', ') }},
        valid_from,
        valid_to,
        cast(null as integer) as _batch_id
    from {{ ref(history) }}
    where false
{%- endif %}
{%- endmacro %}
