{{ config(meta={'made_of': ['stock_movement', 'stock_balance', 'sales_order_line', 'purchase_order_line', 'production_order']}) }}

with

place as (
    select
        as_of_date,
        product_key,
        warehouse_key,
        quantity_on_hand
    from {{ ref('stock_today') }}
),

planned as (
    select
        product_key,
        warehouse_key,
        expected_date as promise_date,
        coalesce(sum(quantity) filter (where quantity > 0), 0) as scheduled_receipt_quantity,
        coalesce(-sum(quantity) filter (where quantity < 0), 0) as committed_quantity
    from {{ ref('stock_event') }}
    group by product_key, warehouse_key, expected_date
),

bucket as (
    select
        place.product_key,
        place.warehouse_key,
        place.as_of_date as promise_date,
        place.quantity_on_hand,
        coalesce(planned.scheduled_receipt_quantity, 0) as scheduled_receipt_quantity,
        coalesce(planned.committed_quantity, 0) as committed_quantity
    from place
    left join planned
        on
            place.product_key = planned.product_key
            and place.warehouse_key = planned.warehouse_key
            and place.as_of_date = planned.promise_date

    union all

    select
        planned.product_key,
        planned.warehouse_key,
        planned.promise_date,
        0 as quantity_on_hand,
        planned.scheduled_receipt_quantity,
        planned.committed_quantity
    from planned
    inner join place
        on
            planned.product_key = place.product_key
            and planned.warehouse_key = place.warehouse_key
            and planned.promise_date > place.as_of_date
),

projected as (
    select
        *,
        sum(quantity_on_hand + scheduled_receipt_quantity - committed_quantity) over (
            partition by product_key, warehouse_key
            order by promise_date
        ) as projected_quantity
    from bucket
),

-- What is promised on a day must not be missing on a later one: the least that is projected from that day on.
promised as (
    select
        *,
        greatest(
            min(projected_quantity) over (
                partition by product_key, warehouse_key
                order by promise_date
                rows between current row and unbounded following
            ), 0
        ) as available_quantity
    from projected
),

named as (
    {{ with_stock_names('promised') }}
),

available_to_promise as (
    select
        product_key,
        warehouse_key,
        company_key,
        product_number,
        product_name,
        unit_of_measure,
        warehouse_code,
        warehouse_name,
        company_code,
        promise_date,
        row_number() over (partition by product_key, warehouse_key order by promise_date) = 1 as is_today,
        cast(quantity_on_hand as decimal(18, 3)) as quantity_on_hand,
        cast(scheduled_receipt_quantity as decimal(18, 3)) as scheduled_receipt_quantity,
        cast(committed_quantity as decimal(18, 3)) as committed_quantity,
        cast(projected_quantity as decimal(18, 3)) as projected_quantity,
        cast(available_quantity as decimal(18, 3)) as available_quantity,
        cast(
            available_quantity
            - lag(available_quantity, 1, 0) over (partition by product_key, warehouse_key order by promise_date)
            as decimal(18, 3)
        ) as added_quantity
    from named
)

select * from available_to_promise
