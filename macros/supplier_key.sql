{#- The durable key of the supplier that a row of `rows` names, as dim_supplier has it; -1 where it names none.
    `rows` is a CTE with source_system and supplier_source_id. -#}
{% macro supplier_key(rows) -%}
    case
        when {{ rows }}.supplier_source_id is null then -1
        else {{ surrogate_key(["'supplier'", rows ~ '.source_system', rows ~ '.supplier_source_id']) }}
    end
{%- endmacro %}
