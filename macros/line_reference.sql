{#- The source_id of a line of another SAP document that a line names; null where it names no document. -#}
{% macro line_reference(document, line) -%}
    case when trim({{ document }}) != '' then concat_ws('/', {{ document }}, {{ line }}) end
{%- endmacro %}
