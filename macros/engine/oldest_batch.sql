{#- The oldest batch of the rows that `changed` names: a number that a hook remembers (see delete_rows_to_make), for comparisons with
    numbers alone spare reading. Unit tests have no hooks. -#}
{% macro oldest_batch(changed) -%}
    {%- if model.resource_type == 'unit_test' -%}
    (select min(oldest._batch_id) from {{ changed }} as oldest)
    {%- else -%}
    coalesce(getvariable('oldest_{{ changed.identifier }}'), 0)
    {%- endif -%}
{%- endmacro %}

{#- Remove from a fact the rows that this build makes anew, or that are gone, and remember the oldest batch of what rows_to_make gives.
    A hook before the model's own statement. -#}
{% macro delete_rows_to_make(relation, key, changed) -%}
    {%- if is_incremental() -%}
    {{ delete_changed(relation, key, changed) }};
    set variable oldest_{{ changed.identifier }} = (select min(_batch_id) from {{ changed }})
    {%- endif -%}
{%- endmacro %}
