{#- The rows of a relation with source_system and source_id that belong to somebody erased as `entity` (customer, contact), and by
    which erasure. -#}
{% macro erased_rows(relation, entity) -%}
    select
        record.*,
        erased.erasure_id
    from {{ relation }} as record
    inner join {{ ref('erased_record') }} as erased
        on
            record.source_system = erased.source_system
            and record.source_id = erased.source_id
            and erased.entity = '{{ entity }}'
{%- endmacro %}
