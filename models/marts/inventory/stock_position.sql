{{ config(materialized='view', meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

level as (
    select
        stock_level_key,
        product_key,
        warehouse_key,
        valid_from,
        valid_to,
        is_opening,
        received_quantity,
        issued_quantity,
        quantity_on_hand,
        stock_value_company,
        company_currency as level_currency
    from {{ ref('fct_stock_level') }}
),

named as (
    {{ with_stock_names('level') }}
),

stock_position as (
    select
        stock_level_key,
        product_key,
        warehouse_key,
        company_key,
        product_number,
        product_name,
        category_name,
        unit_of_measure,
        warehouse_code,
        warehouse_name,
        company_code,
        valid_from,
        valid_to,
        valid_to = date '9999-12-31' as is_current,
        is_opening,
        received_quantity,
        issued_quantity,
        quantity_on_hand,
        stock_value_company,
        level_currency as company_currency
    from named
)

select * from stock_position
