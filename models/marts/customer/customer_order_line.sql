{{ config(materialized='view') }}

with

customer_order_line as (
    select
        line.customer_key,
        line.sales_order_key,
        line.order_number,
        line.line_number,
        line.order_date,
        line.ship_date,
        product.product_number,
        product.product_name,
        product.category_name,
        line.quantity,
        line.unit_price_document,
        line.document_currency,
        line.net_amount_document,
        line.net_amount_group,
        cast(line.net_amount_group - line.cost_amount_group as decimal(18, 2)) as margin_group,
        line.source_system
    from {{ ref('fct_sales_order_line') }} as line
    inner join {{ ref('dim_product') }} as product on line.product_version_key = product.product_version_key
)

select * from customer_order_line
