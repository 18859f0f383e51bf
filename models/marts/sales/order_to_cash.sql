{{ config(materialized='view') }}

with

-- What of a line is overdue is told of the day on which it is asked.
order_to_cash as (
    select
        line.*,
        coalesce(line.due_date < today.as_of_date, false) and line.delivered_date is null as is_delivery_overdue,
        coalesce(line.payment_due_date < today.as_of_date, false) and line.progress <> 'paid' as is_payment_overdue
    from {{ ref('order_line_progress') }} as line
    cross join {{ ref('as_of') }} as today
)

select * from order_to_cash
