{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

level as (
    select * from {{ ref('fct_stock_level') }}
),

movement_month as (
    select * from {{ ref('movement_month') }}
),

first_level as (
    select min(valid_from) as first_day
    from level
    where not is_opening
),

-- The month that is not over yet ends today.
month as (
    select
        calendar.month_start as stock_month,
        least(max(calendar.calendar_date), max(today.as_of_date)) as stock_date,
        max(calendar.calendar_date) <= max(today.as_of_date) as is_complete_month
    from {{ ref('dim_date') }} as calendar
    cross join {{ ref('as_of') }} as today
    cross join first_level
    where calendar.month_start between date_trunc('month', first_level.first_day) and today.as_of_month
    group by calendar.month_start
),

closing as (
    select
        level.product_key,
        level.warehouse_key,
        level.company_currency as level_currency,
        month.stock_month,
        month.stock_date,
        month.is_complete_month,
        sum(level.quantity_on_hand) as quantity_on_hand,
        sum(level.stock_value_company) as stock_value_company
    from level
    inner join month on level.valid_from <= month.stock_date and level.valid_to > month.stock_date
    group by all
),

named as (
    {{ with_stock_names('closing') }}
),

stock_month as (
    select
        named.stock_month,
        named.stock_date,
        named.is_complete_month,
        named.product_key,
        named.warehouse_key,
        named.company_key,
        named.product_number,
        named.product_name,
        named.category_name,
        named.unit_of_measure,
        named.warehouse_code,
        named.warehouse_name,
        named.company_code,
        cast(
            named.quantity_on_hand - coalesce(moved.received_quantity, 0) + coalesce(moved.issued_quantity, 0) as decimal(18, 3)
        ) as opening_quantity,
        cast(coalesce(moved.received_quantity, 0) as decimal(18, 3)) as received_quantity,
        cast(coalesce(moved.issued_quantity, 0) as decimal(18, 3)) as issued_quantity,
        cast(coalesce(moved.sold_quantity, 0) as decimal(18, 3)) as sold_quantity,
        cast(coalesce(moved.demand_quantity, 0) as decimal(18, 3)) as demand_quantity,
        cast(named.quantity_on_hand as decimal(18, 3)) as quantity_on_hand,
        named.level_currency as company_currency,
        cast(coalesce(moved.received_value_company, 0) as decimal(18, 2)) as received_value_company,
        cast(coalesce(moved.issued_value_company, 0) as decimal(18, 2)) as issued_value_company,
        cast(coalesce(moved.revalued_company, 0) as decimal(18, 2)) as revalued_company,
        cast(named.stock_value_company as decimal(18, 2)) as stock_value_company,
        {{ amount_in('named.stock_value_company', rate_to_group('named.level_currency', 'rate.exchange_rate')) }}
            as stock_value_group
    from named
    left join movement_month as moved
        on
            named.product_key = moved.product_key
            and named.warehouse_key = moved.warehouse_key
            and named.stock_month = moved.stock_month
    left join {{ ref('exchange_rate_day') }} as rate
        on named.level_currency = rate.from_currency and named.stock_date = rate.rate_date
)

select * from stock_month
