{{ config(materialized='table', meta={'made_of': ['sales_order_line']}) }}

with

changed as (
    select * from {{ ref('changed_sales_order_line') }}
),

cell as (
    select
        order_date,
        product_key,
        customer_key
    from {{ ref('fct_sales_order_line') }}
    where sales_order_line_key in (select sales_order_line_key from changed)

    union all

    select
        order_date_before as order_date,
        product_key_before as product_key,
        customer_key_before as customer_key
    from changed
    where customer_key_before is not null
),

changed_sales_cell as (
    select distinct
        cast(date_trunc('month', order_date) as date) as sales_month,
        product_key,
        customer_key
    from cell
)

select * from changed_sales_cell
