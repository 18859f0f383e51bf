with

build as (
    select after_batch_id from {{ source('control', 'build') }}
),

sales_order_line as (
    select * from {{ ref('sales_order_line') }}
),

changed_customer as (
    select distinct
        source_system,
        source_id
    from {{ ref('customer_record') }}
    where _batch_id > (select build.after_batch_id from build)
),

changed_product as (
    select distinct
        source_system,
        product_number
    from {{ ref('product') }}
    where _batch_id > (select build.after_batch_id from build)
),

changed_line as (
    select
        source_system,
        source_id
    from sales_order_line
    where _batch_id > (select build.after_batch_id from build)

    union

    select
        sales_order_line.source_system,
        sales_order_line.source_id
    from sales_order_line
    inner join changed_customer
        on
            sales_order_line.source_system = changed_customer.source_system
            and sales_order_line.customer_source_id = changed_customer.source_id

    union

    select
        sales_order_line.source_system,
        sales_order_line.source_id
    from sales_order_line
    inner join changed_product
        on
            sales_order_line.source_system = changed_product.source_system
            and sales_order_line.product_number = changed_product.product_number
),

changed_sales_order_line as (
    select {{ surrogate_key(['source_system', 'source_id']) }} as sales_order_line_key
    from changed_line
)

select * from changed_sales_order_line
