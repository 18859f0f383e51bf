{{ config(materialized='view', meta={'made_of': ['stock_movement']}) }}

with

fct_production_consumption as (
    select
        stock_movement_key,
        production_order_key,
        product_key,
        product_version_key,
        warehouse_key,
        company_key,
        source_system,
        source_id,
        posting_date,
        cast(-quantity as decimal(18, 3)) as quantity,
        unit_of_measure,
        cast(-stock_value_company as decimal(18, 2)) as cost_amount_company,
        company_currency,
        cast(-stock_value_group as decimal(18, 2)) as cost_amount_group
    from {{ ref('fct_stock_movement') }}
    where movement_kind = 'production_consumption'
)

select * from fct_production_consumption
