{#- Remove from an incremental table the rows that this build makes anew, or that are gone: the keys in `changed`.
    A hook before the model's own statement, which then adds what is there now. -#}
{% macro delete_changed(relation, key, changed) -%}
    {%- if is_incremental() -%}
    delete from {{ relation }} where {{ key }} in (select {{ key }} from {{ changed }})
    {%- endif -%}
{%- endmacro %}
