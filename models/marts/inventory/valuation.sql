{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

stock as (
    select * from {{ ref('stock_month') }}
),

first_month as (
    select cast(as_of_month - interval {{ var('ageing_months') - 1 }} month as date) as stock_month
    from {{ ref('as_of') }}
),

fifo as (
    select
        stock_month,
        product_key,
        warehouse_key,
        sum(fifo_value_company) as fifo_value_company,
        sum(quantity) filter (where fifo_value_company is not null) as layered_quantity
    from {{ ref('stock_layer') }}
    group by stock_month, product_key, warehouse_key
),

valued as (
    select
        stock.*,
        cost.unit_cost_group,
        case when stock.quantity_on_hand = 0 then 0 when fifo.layered_quantity = stock.quantity_on_hand then fifo.fifo_value_company end
            as fifo_value_company,
        {{ rate_to_group('stock.company_currency', 'rate.exchange_rate') }} as exchange_rate_group
    from stock
    inner join first_month on stock.stock_month >= first_month.stock_month
    left join fifo
        on
            stock.stock_month = fifo.stock_month
            and stock.product_key = fifo.product_key
            and stock.warehouse_key = fifo.warehouse_key
    left join {{ ref('dim_product_cost') }} as cost
        on
            stock.product_key = cost.product_key
            and stock.stock_date >= cost.valid_from
            and stock.stock_date < cost.valid_to
    left join {{ ref('exchange_rate_day') }} as rate
        on stock.company_currency = rate.from_currency and stock.stock_date = rate.rate_date
),

valuation as (
    select
        stock_month,
        stock_date,
        product_key,
        warehouse_key,
        company_key,
        product_number,
        product_name,
        category_name,
        warehouse_code,
        warehouse_name,
        company_code,
        quantity_on_hand,
        company_currency,
        exchange_rate_group,
        stock_value_company,
        stock_value_group,
        cast(cast(stock_value_company as double) / nullif(quantity_on_hand, 0) as decimal(18, 6)) as average_cost_company,
        cast(fifo_value_company as decimal(18, 2)) as fifo_value_company,
        {{ amount_in('fifo_value_company', 'exchange_rate_group') }} as fifo_value_group,
        unit_cost_group,
        cast(quantity_on_hand * unit_cost_group as decimal(18, 2)) as standard_value_group,
        cast(fifo_value_company - stock_value_company as decimal(18, 2)) as fifo_difference_company,
        cast(cast(quantity_on_hand * unit_cost_group as decimal(18, 2)) - stock_value_group as decimal(18, 2))
            as standard_difference_group
    from valued
)

select * from valuation
