{{ config(materialized='view', meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

bounds as (
    select
        min(valid_from) as first_day,
        max(valid_from) as last_day
    from {{ ref('fct_stock_level') }}
    where not is_opening
),

calendar as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

fct_stock_day as (
    select
        calendar.day as stock_date,
        level.stock_place_key,
        level.product_key,
        level.warehouse_key,
        level.company_key,
        level.quantity_on_hand,
        level.stock_value_company,
        level.company_currency,
        {{ rate_to_group('level.company_currency', 'rate.exchange_rate') }} as exchange_rate_group,
        {{ amount_in('level.stock_value_company', rate_to_group('level.company_currency', 'rate.exchange_rate')) }}
            as stock_value_group
    from calendar
    inner join {{ ref('fct_stock_level') }} as level on calendar.day >= level.valid_from and calendar.day < level.valid_to
    left join {{ ref('exchange_rate_day') }} as rate
        on level.company_currency = rate.from_currency and calendar.day = rate.rate_date
)

select * from fct_stock_day
