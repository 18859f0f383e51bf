{#- The durable key of the supplier with this source_id, as dim_supplier has it; -1 where none is named.
    `source_system` and `source_id` are columns. -#}
{% macro supplier_key(source_system='source_system', source_id='supplier_source_id') -%}
    case
        when {{ source_id }} is null then -1
        else {{ surrogate_key(["'supplier'", source_system, source_id]) }}
    end
{%- endmacro %}
