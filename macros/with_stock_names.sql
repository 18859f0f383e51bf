{#- Rows with what people call their product, warehouse and company: product_number, product_name, category_name, unit_of_measure,
    warehouse_code, warehouse_name, company_key, company_code and company_currency (of the warehouse).
    `rows` is a CTE with product_key and warehouse_key, and without these columns. -#}
{% macro with_stock_names(rows) -%}
    select
        {{ rows }}.*,
        product.product_number,
        product.product_name,
        product.category_name,
        product.unit_of_measure,
        warehouse.warehouse_code,
        warehouse.warehouse_name,
        warehouse.company_key,
        warehouse.company_code,
        warehouse.company_currency
    from {{ rows }}
    left join {{ ref('dim_product') }} as product on {{ rows }}.product_key = product.product_key and product.is_current
    left join {{ ref('dim_warehouse') }} as warehouse on {{ rows }}.warehouse_key = warehouse.warehouse_key
{%- endmacro %}
