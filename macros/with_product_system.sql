{#- Rows with the system that knows the product that they name, in the column product_system: a CRM names the ERP's products by their
    number. Of several systems that know a number one is believed. `rows` is a CTE with product_number. -#}
{% macro with_product_system(rows) -%}
    select
        {{ rows }}.*,
        known_product.product_system
    from {{ rows }}
    left join (
        select
            product_number,
            min(source_system) as product_system
        from {{ ref('product') }}
        where not is_deleted
        group by product_number
    ) as known_product on {{ rows }}.product_number = known_product.product_number
{%- endmacro %}
