{#- Rows with the warehouse that they name, and the company that it belongs to: warehouse_key and warehouse_company_key, -1 where
    nobody knows it, and warehouse_company_currency. `rows` is a CTE with source_system and warehouse_code. -#}
{% macro with_warehouse(rows) -%}
    select
        {{ rows }}.*,
        coalesce(warehouse.warehouse_key, -1) as warehouse_key,
        coalesce(warehouse.company_key, -1) as warehouse_company_key,
        coalesce(warehouse.company_currency, '{{ var("group_currency") }}') as warehouse_company_currency
    from {{ rows }}
    left join {{ ref('dim_warehouse') }} as warehouse
        on {{ rows }}.source_system = warehouse.source_system and {{ rows }}.warehouse_code = warehouse.warehouse_code
{%- endmacro %}
