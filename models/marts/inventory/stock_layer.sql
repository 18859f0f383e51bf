{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

movement as (
    select * from {{ ref('fct_stock_movement') }}
    where quantity <> 0
),

-- What came on a day, less what of it was taken back on the same day.
received as (
    select
        product_key,
        warehouse_key,
        posting_date as receipt_date,
        sum(quantity) as received_quantity,
        sum(stock_value_company) as received_value_company
    from movement
    where (quantity > 0) <> is_reversal
    group by product_key, warehouse_key, posting_date
    having sum(quantity) > 0
),

-- Receipts one after the other on an axis of quantities.
layer as (
    select
        *,
        sum(received_quantity) over (
            partition by product_key, warehouse_key
            order by receipt_date
        ) as layer_end
    from received
),

stock as (
    select
        stock.product_key,
        stock.warehouse_key,
        stock.stock_month,
        stock.stock_date,
        stock.quantity_on_hand
    from {{ ref('stock_month') }} as stock
    cross join today
    where
        stock.stock_month > today.as_of_month - interval {{ var('ageing_months') }} month
        and stock.quantity_on_hand > 0
),

reached as (
    select
        stock.product_key,
        stock.warehouse_key,
        stock.stock_month,
        stock.stock_date,
        stock.quantity_on_hand,
        coalesce(sum(layer.received_quantity), 0) as stock_end
    from stock
    left join layer
        on
            stock.product_key = layer.product_key
            and stock.warehouse_key = layer.warehouse_key
            and stock.stock_date >= layer.receipt_date
    group by stock.product_key, stock.warehouse_key, stock.stock_month, stock.stock_date, stock.quantity_on_hand
),

-- First in, first out: what lies there is the last part of the axis.
lying as (
    select
        reached.product_key,
        reached.warehouse_key,
        reached.stock_month,
        reached.stock_date,
        layer.receipt_date,
        least(layer.layer_end - (reached.stock_end - reached.quantity_on_hand), layer.received_quantity) as quantity,
        layer.received_value_company,
        layer.received_quantity
    from reached
    inner join layer
        on
            reached.product_key = layer.product_key
            and reached.warehouse_key = layer.warehouse_key
            and reached.stock_date >= layer.receipt_date
            and layer.layer_end > reached.stock_end - reached.quantity_on_hand

    union all

    select
        product_key,
        warehouse_key,
        stock_month,
        stock_date,
        cast(null as date) as receipt_date,
        quantity_on_hand - stock_end as quantity,
        null as received_value_company,
        null as received_quantity
    from reached
    where quantity_on_hand > stock_end
),

stock_layer as (
    select
        stock_month,
        stock_date,
        product_key,
        warehouse_key,
        receipt_date,
        {{ days_after('stock_date', 'receipt_date') }} as age_days,
        cast(quantity as decimal(18, 3)) as quantity,
        cast(cast(received_value_company as double) / received_quantity as decimal(18, 6)) as unit_value_company,
        cast(cast(received_value_company as decimal(38, 6)) * quantity / received_quantity as decimal(18, 2)) as fifo_value_company
    from lying
)

select * from stock_layer
