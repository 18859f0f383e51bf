{#- The record as it is, out of all its versions: what was last said of it, and whether it is deleted since.
    `versions` is a relation with source_id, is_deleted, _batch_id and _row_number. -#}
{% macro last_known(versions) -%}
    select
        said.*,
        last.is_deleted,
        last._batch_id
    from (
        select * exclude (is_deleted, _batch_id, _row_number)
        from ({{ latest_by('(select * from ' ~ versions ~ ' where not is_deleted)', ['source_id'], ['_batch_id desc', '_row_number desc']) }})
    ) as said
    inner join (
        {{ latest_by(versions, ['source_id'], ['_batch_id desc', '_row_number desc']) }}
    ) as last on said.source_id = last.source_id
{%- endmacro %}
