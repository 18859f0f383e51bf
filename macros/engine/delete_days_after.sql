{#- Remove from an incremental snapshot the days after the last one that is known now, by source system; there are some only when the
    source has taken its last words back. A hook before the model's own statement. -#}
{% macro delete_days_after(relation, day, known, last_day) -%}
    {%- if is_incremental() -%}
    delete from {{ relation }}
    where not exists (
        select 1
        from {{ known }} as known
        where known.source_system = {{ relation }}.source_system and {{ relation }}.{{ day }} <= known.{{ last_day }}
    )
    {%- endif -%}
{%- endmacro %}
