{{ config(meta={'made_of': ['sales_order_line']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

-- An order that is due when nobody works is due on the next business day.
line as (
    select
        line.sales_order_line_key,
        line.customer_key,
        line.product_key,
        line.warehouse_key,
        line.order_number,
        line.line_number,
        business_day.business_date as due_date,
        line.quantity
    from {{ ref('fct_sales_order_line') }} as line
    inner join {{ ref('dim_business_day') }} as business_day on line.due_date = business_day.calendar_date
    cross join today
    where business_day.business_date <= today.as_of_date and line.ship_date is null
),

delivered as (
    select
        line.sales_order_line_key,
        delivery.delivery_date,
        sum(sum(delivery.quantity)) over (
            partition by line.sales_order_line_key order by delivery.delivery_date
        ) as delivered_quantity
    from {{ ref('fct_delivery_line') }} as delivery
    inner join line on delivery.sales_order_line_key = line.sales_order_line_key
    where delivery.is_issued
    group by line.sales_order_line_key, delivery.delivery_date
),

served as (
    select
        line.sales_order_line_key,
        coalesce(max(delivered.delivered_quantity) filter (where delivered.delivery_date <= line.due_date), 0) as on_time_quantity,
        coalesce(max(delivered.delivered_quantity), 0) as delivered_quantity,
        min(delivered.delivery_date) filter (where delivered.delivered_quantity >= line.quantity) as completed_date
    from line
    left join delivered on line.sales_order_line_key = delivered.sales_order_line_key
    group by line.sales_order_line_key
),

late_order_line as (
    select
        line.sales_order_line_key,
        line.customer_key,
        line.product_key,
        line.warehouse_key,
        line.order_number,
        line.line_number,
        line.due_date,
        served.completed_date,
        {{ days_after('coalesce(served.completed_date, today.as_of_date)', 'line.due_date') }} as late_days,
        line.quantity,
        cast(served.on_time_quantity as decimal(18, 3)) as on_time_quantity,
        cast(served.delivered_quantity as decimal(18, 3)) as delivered_quantity
    from line
    inner join served on line.sales_order_line_key = served.sales_order_line_key
    cross join today
    where served.on_time_quantity < line.quantity
)

select * from late_order_line
