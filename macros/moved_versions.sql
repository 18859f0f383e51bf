{#- The versions of a dimension that the star kept and that `history` has no more, or with another `attribute`; none when everything is
    built anew. The star is read as it was before this build: by name and not by ref, for the dimension is built after this. -#}
{% macro moved_versions(dimension, history, attribute) -%}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', dimension) -%}
{%- set version_key = dimension[4:] ~ '_version_key' -%}
    select
        {%- if before %}
        version_before.{{ version_key }},
        build.after_batch_id + 1 as _batch_id
    from {{ before }} as version_before
    left join {{ ref(history) }} as version on version_before.{{ version_key }} = version.{{ version_key }}
    cross join {{ source('control', 'build') }} as build
    where
        version_before.{{ version_key }} <> -1
        and (version.{{ version_key }} is null or version.{{ attribute }} is distinct from version_before.{{ attribute }})
        {%- else %}
        {{ version_key }},
        cast(null as integer) as _batch_id
    from {{ ref(history) }}
    where false
        {%- endif %}
{%- endmacro %}
