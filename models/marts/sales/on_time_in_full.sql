{{ config(materialized='view') }}

with

-- A line is judged once it is due: what is delivered before counts from then on.
on_time_in_full as (
    select
        line.sales_order_line_key,
        line.customer_key,
        line.product_key,
        line.company_key,
        line.order_number,
        line.line_number,
        line.order_date,
        line.due_date,
        line.deliveries,
        line.quantity,
        line.delivered_quantity,
        line.on_time_quantity,
        line.delivered_quantity > 0 and line.on_time_quantity >= line.delivered_quantity as is_on_time,
        line.delivered_quantity >= line.quantity as is_in_full,
        line.on_time_quantity >= line.quantity as is_on_time_in_full,
        line.deliveries > 1 as is_partial,
        greatest({{ days_after('coalesce(line.delivered_date, as_of.as_of_date)', 'line.due_date') }}, 0) as delay_days
    from {{ ref('order_to_cash') }} as line
    cross join {{ ref('as_of') }} as as_of
    where line.due_date <= as_of.as_of_date
)

select * from on_time_in_full
