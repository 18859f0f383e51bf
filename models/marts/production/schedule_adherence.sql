{{ config(meta={'made_of': ['production_order']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

due as (
    select
        production.product_key,
        production.warehouse_key,
        cast(date_trunc('month', production.planned_finish_date) as date) as planned_month,
        production.planned_quantity,
        production.yield_quantity,
        production.finish_date is not null and production.is_completed as is_finished,
        coalesce(production.start_date, today.as_of_date) > production.planned_start_date as is_started_late,
        coalesce(production.is_completed and production.finish_date <= production.planned_finish_date, false) as is_on_time,
        greatest(
            {{ days_after('coalesce(production.finish_date, today.as_of_date)', 'production.planned_finish_date') }}, 0
        ) as late_days
    from {{ ref('yield_and_scrap') }} as production
    cross join today
    where production.planned_finish_date <= today.as_of_date
),

month as (
    select
        planned_month,
        product_key,
        warehouse_key,
        count(*) as due_orders,
        count(*) filter (where is_on_time) as on_time_orders,
        count(*) filter (where is_finished and not is_on_time) as late_orders,
        count(*) filter (where not is_finished) as overdue_orders,
        count(*) filter (where is_started_late) as started_late_orders,
        cast(sum(planned_quantity) as decimal(18, 3)) as planned_quantity,
        cast(coalesce(sum(least(yield_quantity, planned_quantity)) filter (where is_on_time), 0) as decimal(18, 3))
            as on_time_quantity,
        cast(sum(late_days) as bigint) as late_days
    from due
    group by planned_month, product_key, warehouse_key
),

named as (
    {{ with_stock_names('month') }}
),

schedule_adherence as (
    select
        planned_month,
        product_key,
        warehouse_key,
        company_key,
        product_number,
        product_name,
        category_name,
        warehouse_code,
        warehouse_name,
        company_code,
        due_orders,
        on_time_orders,
        late_orders,
        overdue_orders,
        started_late_orders,
        planned_quantity,
        on_time_quantity,
        late_days,
        cast(on_time_orders as double) / nullif(due_orders, 0) as adherence_rate,
        cast(on_time_quantity as double) / nullif(planned_quantity, 0) as quantity_adherence_rate,
        cast(late_days as double) / nullif(due_orders, 0) as average_late_days
    from named
)

select * from schedule_adherence
