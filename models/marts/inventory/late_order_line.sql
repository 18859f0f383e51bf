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

delivery as (
    select * from {{ ref('fct_delivery_line') }}
    where is_issued
),

delivered as (
    select
        line.sales_order_line_key,
        sum(delivery.quantity) filter (where delivery.delivery_date <= line.due_date) as on_time_quantity,
        sum(delivery.quantity) as delivered_quantity
    from line
    inner join delivery on line.sales_order_line_key = delivery.sales_order_line_key
    group by line.sales_order_line_key
),

late_line as (
    select
        line.*,
        coalesce(delivered.on_time_quantity, 0) as on_time_quantity,
        coalesce(delivered.delivered_quantity, 0) as delivered_quantity
    from line
    left join delivered on line.sales_order_line_key = delivered.sales_order_line_key
    where coalesce(delivered.on_time_quantity, 0) < line.quantity
),

-- Only the few that were late are followed day by day.
delivered_by_day as (
    select
        late_line.sales_order_line_key,
        late_line.quantity,
        delivery.delivery_date,
        sum(sum(delivery.quantity)) over (
            partition by late_line.sales_order_line_key order by delivery.delivery_date
        ) as delivered_quantity
    from delivery
    inner join late_line on delivery.sales_order_line_key = late_line.sales_order_line_key
    group by late_line.sales_order_line_key, late_line.quantity, delivery.delivery_date
),

completed as (
    select
        sales_order_line_key,
        min(delivery_date) as completed_date
    from delivered_by_day
    where delivered_quantity >= quantity
    group by sales_order_line_key
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
        completed.completed_date,
        {{ days_after('coalesce(completed.completed_date, today.as_of_date)', 'line.due_date') }} as late_days,
        line.quantity,
        cast(line.on_time_quantity as decimal(18, 3)) as on_time_quantity,
        cast(line.delivered_quantity as decimal(18, 3)) as delivered_quantity
    from late_line as line
    cross join today
    left join completed on line.sales_order_line_key = completed.sales_order_line_key
)

select * from late_order_line
