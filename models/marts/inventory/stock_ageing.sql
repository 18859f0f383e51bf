{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

stock as (
    select * from {{ ref('stock_month') }}
),

bucket as (
    select * from {{ ref('stock_age_buckets') }}
),

first_month as (
    select cast(as_of_month - interval {{ var('ageing_months') - 1 }} month as date) as stock_month
    from {{ ref('as_of') }}
),

aged as (
    select
        layer.stock_month,
        layer.product_key,
        layer.warehouse_key,
        bucket.bucket_order,
        sum(layer.quantity) as quantity,
        min(layer.receipt_date) as oldest_receipt_date,
        sum(layer.quantity * layer.age_days) as quantity_days
    from {{ ref('stock_layer') }} as layer
    left join bucket
        on layer.age_days >= bucket.first_age_days and layer.age_days <= coalesce(bucket.last_age_days, layer.age_days)
    group by layer.stock_month, layer.product_key, layer.warehouse_key, bucket.bucket_order

    union all

    -- Less than nothing has no age; its worth belongs to the total all the same.
    select
        stock.stock_month,
        stock.product_key,
        stock.warehouse_key,
        cast(null as integer) as bucket_order,
        stock.quantity_on_hand as quantity,
        cast(null as date) as oldest_receipt_date,
        cast(null as decimal(18, 3)) as quantity_days
    from stock
    inner join first_month on stock.stock_month >= first_month.stock_month
    where stock.quantity_on_hand <= 0 and (stock.quantity_on_hand < 0 or stock.stock_value_company <> 0)
),

-- Each bucket has its part of the worth in the books; the last one has what rounding leaves.
shared as (
    select
        aged.*,
        stock.stock_date,
        stock.company_key,
        stock.product_number,
        stock.product_name,
        stock.category_name,
        stock.warehouse_code,
        stock.warehouse_name,
        stock.company_code,
        stock.company_currency,
        stock.stock_value_company,
        stock.stock_value_group,
        case
            when stock.quantity_on_hand = 0 then 1
            else
                cast(
                    sum(aged.quantity) over (
                        partition by aged.stock_month, aged.product_key, aged.warehouse_key order by aged.bucket_order
                    ) as double
                ) / stock.quantity_on_hand
        end as share_up_to,
        case
            when stock.quantity_on_hand = 0 then 0
            else
                cast(
                    sum(aged.quantity) over (
                        partition by aged.stock_month, aged.product_key, aged.warehouse_key order by aged.bucket_order
                    ) - aged.quantity as double
                ) / stock.quantity_on_hand
        end as share_before
    from aged
    inner join stock
        on
            aged.stock_month = stock.stock_month
            and aged.product_key = stock.product_key
            and aged.warehouse_key = stock.warehouse_key
),

stock_ageing as (
    select
        shared.stock_month,
        shared.stock_date,
        shared.product_key,
        shared.warehouse_key,
        shared.company_key,
        shared.product_number,
        shared.product_name,
        shared.category_name,
        shared.warehouse_code,
        shared.warehouse_name,
        shared.company_code,
        shared.bucket_order,
        coalesce(bucket.bucket_name, case when shared.quantity > 0 then 'before records' else 'nothing there' end) as bucket_name,
        cast(shared.quantity as decimal(18, 3)) as quantity_on_hand,
        shared.oldest_receipt_date,
        cast(shared.quantity_days as double) / nullif(shared.quantity, 0) as average_age_days,
        shared.company_currency,
        cast(
            round(shared.stock_value_company * shared.share_up_to, 2) - round(shared.stock_value_company * shared.share_before, 2)
            as decimal(18, 2)
        ) as stock_value_company,
        cast(
            round(shared.stock_value_group * shared.share_up_to, 2) - round(shared.stock_value_group * shared.share_before, 2)
            as decimal(18, 2)
        ) as stock_value_group
    from shared
    left join bucket on shared.bucket_order = bucket.bucket_order
)

select * from stock_ageing
