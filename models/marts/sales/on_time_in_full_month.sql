{{ config(meta={'made_of': ['delivery_line', 'invoice_line']}) }}

with

returned as (
    select
        cast(date_trunc('month', return_date) as date) as due_month,
        company_key,
        product_key,
        sum(quantity) as returned_quantity
    from {{ ref('fct_return_line') }}
    group by all
),

due as (
    select
        cast(date_trunc('month', due_date) as date) as due_month,
        company_key,
        product_key,
        count(*) as due_lines,
        count(*) filter (where is_on_time) as on_time_lines,
        count(*) filter (where is_in_full) as in_full_lines,
        count(*) filter (where is_on_time_in_full) as on_time_in_full_lines,
        count(*) filter (where is_partial) as partial_lines,
        sum(quantity) as quantity,
        sum(least(on_time_quantity, quantity)) as on_time_quantity,
        sum(delivered_quantity) as delivered_quantity,
        sum(delay_days) as delay_days
    from {{ ref('on_time_in_full') }}
    group by all
),

on_time_in_full_month as (
    select
        coalesce(due.due_month, returned.due_month) as due_month,
        coalesce(due.company_key, returned.company_key) as company_key,
        coalesce(due.product_key, returned.product_key) as product_key,
        coalesce(due.due_lines, 0) as due_lines,
        coalesce(due.on_time_lines, 0) as on_time_lines,
        coalesce(due.in_full_lines, 0) as in_full_lines,
        coalesce(due.on_time_in_full_lines, 0) as on_time_in_full_lines,
        coalesce(due.partial_lines, 0) as partial_lines,
        cast(due.on_time_lines as double) / due.due_lines as on_time_rate,
        cast(due.in_full_lines as double) / due.due_lines as in_full_rate,
        cast(due.on_time_in_full_lines as double) / due.due_lines as on_time_in_full_rate,
        cast(due.on_time_quantity as double) / nullif(due.quantity, 0) as quantity_on_time_rate,
        cast(coalesce(due.quantity, 0) as decimal(18, 3)) as quantity,
        cast(coalesce(due.on_time_quantity, 0) as decimal(18, 3)) as on_time_quantity,
        cast(coalesce(due.delivered_quantity, 0) as decimal(18, 3)) as delivered_quantity,
        cast(coalesce(returned.returned_quantity, 0) as decimal(18, 3)) as returned_quantity,
        cast(due.delay_days as double) / due.due_lines as average_delay_days
    from due
    full outer join returned
        on
            due.due_month = returned.due_month
            and due.company_key = returned.company_key
            and due.product_key = returned.product_key
)

select * from on_time_in_full_month
