{{ config(meta={'made_of': ['delivery_line', 'invoice_line']}) }}

with

line as (
    select * from {{ ref('order_to_cash') }}
    where delivered_quantity < quantity or invoiced_quantity < quantity
),

as_of as (
    select * from {{ ref('as_of') }}
),

customer as (
    select * from {{ ref('dim_customer') }}
    where is_current
),

product as (
    select * from {{ ref('dim_product') }}
    where is_current
),

company as (
    select * from {{ ref('dim_company') }}
),

open_order_line as (
    select
        line.sales_order_line_key,
        line.sales_order_key,
        line.customer_key,
        line.product_key,
        line.company_key,
        line.source_system,
        line.order_number,
        line.line_number,
        company.company_code,
        customer.customer_name,
        product.product_number,
        product.product_name,
        line.order_date,
        line.due_date,
        {{ days_after('as_of.as_of_date', 'line.order_date') }} as age_days,
        case when line.is_delivery_overdue then {{ days_after('as_of.as_of_date', 'line.due_date') }} end as overdue_days,
        line.quantity,
        line.delivered_quantity,
        line.invoiced_quantity,
        greatest(line.quantity - line.delivered_quantity, 0) as open_quantity,
        greatest(least(line.delivered_quantity, line.quantity) - line.invoiced_quantity, 0) as delivered_not_invoiced_quantity,
        line.net_amount_group,
        line.net_amount_group - {{ part_of_line('line.net_amount_group', 'line.delivered_quantity', 'line.quantity') }}
            as undelivered_amount_group,
        line.net_amount_group - {{ part_of_line('line.net_amount_group', 'line.invoiced_quantity', 'line.quantity') }}
            as backlog_amount_group,
        line.progress,
        line.is_delivery_overdue
    from line
    cross join as_of
    left join customer on line.customer_key = customer.customer_key
    left join product on line.product_key = product.product_key
    left join company on line.company_key = company.company_key
)

select * from open_order_line
