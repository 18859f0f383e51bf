{#- Rows with the supplier that they name: supplier_key, -1 where nobody knows it.
    `rows` is a CTE with source_system and supplier_source_id. -#}
{% macro with_supplier(rows) -%}
    select
        {{ rows }}.*,
        coalesce(supplier.supplier_key, -1) as supplier_key
    from {{ rows }}
    left join {{ ref('dim_supplier') }} as supplier
        on {{ rows }}.source_system = supplier.source_system and {{ rows }}.supplier_source_id = supplier.source_id
{%- endmacro %}
