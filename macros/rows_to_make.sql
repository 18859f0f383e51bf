{#- The rows of an entity that this build makes into rows of a fact: all that are alive, or in an incremental build those in
    `changed`. The oldest batch says nothing that the keys do not say; it tells the engine which part of the table to read. -#}
{% macro rows_to_make(entity, changed) -%}
{%- set entity_relation, changed_relation = ref(entity), ref(changed) -%}
    select entity.*
    from {{ entity_relation }} as entity
    {%- if is_incremental() %}
    inner join (select distinct source_system, source_id from {{ changed_relation }}) as changed
        on
            entity.source_system = changed.source_system
            and entity.source_id = changed.source_id
            and entity._batch_id >= {{ oldest_batch(changed_relation) }}
    {%- endif %}
    where not entity.is_deleted
{%- endmacro %}
