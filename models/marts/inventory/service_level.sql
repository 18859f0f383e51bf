{{ config(meta={'made_of': ['sales_order_line', 'stock_movement', 'stock_balance']}) }}

with

business_day as (
    select
        calendar_date,
        business_date,
        is_business_day,
        cast(date_trunc('month', calendar_date) as date) as stock_month
    from {{ ref('dim_business_day') }}
    cross join {{ ref('as_of') }} as today
    where business_date <= today.as_of_date
),

-- By day first: to tell the month of every line costs more than to add the line up.
due_day as (
    select
        product_key,
        warehouse_key,
        due_date,
        count(*) as due_lines,
        sum(quantity) as due_quantity
    from {{ ref('fct_sales_order_line') }}
    where ship_date is null
    group by product_key, warehouse_key, due_date
),

-- What has all been shipped in time counts whole; what is late, with the part that was in time.
part as (
    select
        due_day.product_key,
        due_day.warehouse_key,
        cast(date_trunc('month', business_day.business_date) as date) as stock_month,
        due_day.due_lines,
        due_day.due_quantity,
        0 as late_lines,
        0 as late_quantity
    from due_day
    inner join business_day on due_day.due_date = business_day.calendar_date

    union all

    select
        product_key,
        warehouse_key,
        cast(date_trunc('month', due_date) as date) as stock_month,
        0 as due_lines,
        0 as due_quantity,
        1 as late_lines,
        quantity - on_time_quantity as late_quantity
    from {{ ref('late_order_line') }}
),

stocked as (
    select
        product_key,
        warehouse_key,
        stock_month,
        0 as stock_out_days,
        0 as short_days
    from {{ ref('stock_month') }}

    union all

    select
        product_key,
        warehouse_key,
        cast(date_trunc('month', stock_date) as date) as stock_month,
        case when is_empty then 1 else 0 end as stock_out_days,
        case when is_short then 1 else 0 end as short_days
    from {{ ref('stock_out_day') }}
),

fact as (
    select
        *,
        0 as stock_out_days,
        0 as short_days
    from part

    union all

    select
        product_key,
        warehouse_key,
        stock_month,
        0 as due_lines,
        0 as due_quantity,
        0 as late_lines,
        0 as late_quantity,
        stock_out_days,
        short_days
    from stocked
),

place_month as (
    select
        product_key,
        warehouse_key,
        stock_month,
        cast(sum(stock_out_days) as bigint) as stock_out_days,
        cast(sum(short_days) as bigint) as short_days,
        cast(sum(due_lines) as bigint) as due_lines,
        cast(sum(due_lines) - sum(late_lines) as bigint) as on_time_lines,
        cast(sum(due_quantity) as decimal(18, 3)) as due_quantity,
        cast(sum(due_quantity) - sum(late_quantity) as decimal(18, 3)) as on_time_quantity
    from fact
    group by product_key, warehouse_key, stock_month
),

month as (
    select
        stock_month,
        count(*) filter (where is_business_day) as business_days
    from business_day
    group by stock_month
),

named as (
    {{ with_stock_names('place_month') }}
),

service_level as (
    select
        named.stock_month,
        named.product_key,
        named.warehouse_key,
        named.company_key,
        named.product_number,
        named.product_name,
        named.category_name,
        named.warehouse_code,
        named.warehouse_name,
        named.company_code,
        month.business_days,
        named.stock_out_days,
        named.short_days,
        named.due_lines,
        named.on_time_lines,
        named.due_quantity,
        named.on_time_quantity,
        cast(named.on_time_quantity as double) / nullif(named.due_quantity, 0) as fill_rate,
        cast(named.on_time_lines as double) / nullif(named.due_lines, 0) as line_fill_rate,
        1 - cast(named.short_days as double) / nullif(month.business_days, 0) as availability_rate
    from named
    inner join month on named.stock_month = month.stock_month
)

select * from service_level
