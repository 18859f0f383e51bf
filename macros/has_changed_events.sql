{#- Whether this build makes the events of the document with this `number` anew (see changed_customer_event): all in a full build. -#}
{% macro has_changed_events(number) -%}
    {%- if is_incremental() -%}
    {{ number }} in (select changed.document_number from {{ ref('changed_customer_event') }} as changed)
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}
