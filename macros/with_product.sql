{#- Rows with the product that they name, as it was on the day in the column `date`: product_key and product_version_key, -1
    where nobody knows it. `rows` is a CTE with product_number, and with the system that knows products by it in the column
    `system`. -#}
{% macro with_product(rows, date, system='source_system') -%}
    select
        {{ rows }}.*,
        coalesce(product.product_key, -1) as product_key,
        coalesce(product.product_version_key, -1) as product_version_key
    from {{ rows }}
    left join {{ ref('dim_product') }} as product
        on
            {{ rows }}.{{ system }} = product.source_system
            and {{ rows }}.product_number = product.product_number
            and {{ rows }}.{{ date }} >= product.valid_from
            and {{ rows }}.{{ date }} < product.valid_to
{%- endmacro %}
