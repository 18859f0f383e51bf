{{ config(meta={'made_of': ['sales_order_line', 'stock_movement', 'stock_balance']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

business_day as (
    select calendar_date as stock_date
    from {{ ref('dim_business_day') }}
    cross join today
    where is_business_day and calendar_date <= today.as_of_date
),

-- Something that is due has not been shipped at the end of the day.
short as (
    select
        late.product_key,
        late.warehouse_key,
        business_day.stock_date,
        count(*) as waiting_lines,
        false as is_empty
    from {{ ref('late_order_line') }} as late
    inner join business_day
        on
            late.due_date <= business_day.stock_date
            and (late.completed_date is null or late.completed_date > business_day.stock_date)
    group by late.product_key, late.warehouse_key, business_day.stock_date
),

lying as (
    select
        product_key,
        warehouse_key,
        valid_from,
        valid_to
    from {{ ref('fct_stock_level') }}
    where quantity_on_hand <= 0 and not is_opening
),

empty as (
    select
        lying.product_key,
        lying.warehouse_key,
        business_day.stock_date,
        cast(0 as bigint) as waiting_lines,
        true as is_empty
    from lying
    inner join business_day on lying.valid_from <= business_day.stock_date and lying.valid_to > business_day.stock_date
),

day as (
    select * from short

    union all

    select * from empty
),

stock_out_day as (
    select
        product_key,
        warehouse_key,
        stock_date,
        bool_or(is_empty) as is_empty,
        max(waiting_lines) > 0 as is_short,
        max(waiting_lines) as waiting_lines
    from day
    group by product_key, warehouse_key, stock_date
)

select * from stock_out_day
