{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'stock_place_key', ref('changed_stock_level')) }}",
    meta={'made_of': ['stock_movement', 'stock_balance']},
) }}
-- depends_on: {{ ref('changed_stock_level') }}

with

day as (
    select
        stock_place_key,
        source_system,
        product_number,
        warehouse_code,
        posting_date as valid_from,
        coalesce(sum(quantity) filter (where quantity > 0), 0) as received_quantity,
        coalesce(-sum(quantity) filter (where quantity < 0), 0) as issued_quantity,
        sum(quantity) as quantity,
        sum(stock_value_company) as stock_value_company
    from {{ ref('fct_stock_movement') }}
    {%- if is_incremental() %}
    where stock_place_key in (select changed.stock_place_key from {{ ref('changed_stock_level') }} as changed)
    {%- endif %}
    group by all
),

total as (
    select
        stock_place_key,
        sum(quantity) as quantity,
        sum(stock_value_company) as stock_value_company
    from day
    group by stock_place_key
),

balance as (
    select
        *,
        {{ surrogate_key(['source_system', 'product_number', 'warehouse_code']) }} as stock_place_key
    from {{ ref('stock_balance') }}
    where not is_deleted
),

-- What the ERP says is there now, and no movement explains, was there since ever.
opening as (
    select
        balance.stock_place_key,
        balance.source_system,
        balance.product_number,
        balance.warehouse_code,
        date '1900-01-01' as valid_from,
        cast(0 as decimal(18, 3)) as received_quantity,
        cast(0 as decimal(18, 3)) as issued_quantity,
        coalesce(balance.quantity - coalesce(total.quantity, 0), 0) as quantity,
        coalesce(balance.stock_value_company - coalesce(total.stock_value_company, 0), 0) as stock_value_company
    from balance
    left join total on balance.stock_place_key = total.stock_place_key
    {%- if is_incremental() %}
    where balance.stock_place_key in (select changed.stock_place_key from {{ ref('changed_stock_level') }} as changed)
    {%- endif %}
),

change as (
    select * from day

    union all

    select * from opening
    where quantity != 0 or stock_value_company != 0
),

level as (
    select
        source_system,
        product_number,
        warehouse_code,
        stock_place_key,
        valid_from,
        received_quantity,
        issued_quantity,
        coalesce(
            lead(valid_from) over (partition by stock_place_key order by valid_from), date '9999-12-31'
        ) as valid_to,
        sum(quantity) over (partition by stock_place_key order by valid_from) as quantity_on_hand,
        sum(stock_value_company) over (partition by stock_place_key order by valid_from) as stock_value_company
    from change
),

product_level as (
    {{ with_product('level', 'valid_from') }}
),

warehouse_level as (
    {{ with_warehouse('product_level') }}
),

fct_stock_level as (
    select
        {{ surrogate_key(['stock_place_key', 'valid_from']) }} as stock_level_key,
        stock_place_key,
        product_key,
        warehouse_key,
        warehouse_company_key as company_key,
        source_system,
        product_number,
        warehouse_code,
        valid_from,
        valid_to,
        valid_from = date '1900-01-01' as is_opening,
        cast(received_quantity as decimal(18, 3)) as received_quantity,
        cast(issued_quantity as decimal(18, 3)) as issued_quantity,
        cast(quantity_on_hand as decimal(18, 3)) as quantity_on_hand,
        cast(stock_value_company as decimal(18, 2)) as stock_value_company,
        warehouse_company_currency as company_currency
    from warehouse_level
)

select * from fct_stock_level
