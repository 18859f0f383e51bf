{{ config(meta={'made_of': ['goods_receipt_line', 'purchase_order_line']}) }}

with

movement_type as (
    select
        movement_type_code,
        movement_kind
    from {{ ref('movement_types') }}
),

receipt_day as (
    select
        receipt.purchase_order_line_key,
        receipt.posting_date,
        sum(receipt.quantity) as quantity,
        sum(receipt.net_amount_document) as net_amount_document,
        {{ whole_sum('receipt.net_amount_group') }} as net_amount_group,
        coalesce(-sum(receipt.quantity) filter (where movement_type.movement_kind = 'supplier_return'), 0) as returned_quantity
    from {{ ref('fct_goods_receipt_line') }} as receipt
    left join movement_type on receipt.movement_type_code = movement_type.movement_type_code
    where receipt.purchase_order_line_key is not null
    group by receipt.purchase_order_line_key, receipt.posting_date
),

running as (
    select
        *,
        sum(quantity) over (partition by purchase_order_line_key order by posting_date) as received_so_far
    from receipt_day
),

-- What was complete and went back in part was not complete for good.
lasting as (
    select
        running.*,
        order_line.quantity as ordered_quantity,
        order_line.order_date,
        order_line.promised_date,
        min(running.posting_date) filter (where running.quantity > 0) over (partition by running.purchase_order_line_key)
            as first_receipt_date,
        min(running.received_so_far) over (
            partition by running.purchase_order_line_key
            order by running.posting_date
            rows between current row and unbounded following
        ) as received_for_good
    from running
    left join {{ ref('fct_purchase_order_line') }} as order_line
        on running.purchase_order_line_key = order_line.purchase_order_line_key
),

-- A part that went back takes away what came last before it.
stayed as (
    select
        *,
        greatest(received_for_good, 0)
        - coalesce(lag(greatest(received_for_good, 0)) over (partition by purchase_order_line_key order by posting_date), 0)
            as lasting_quantity
    from lasting
),

purchase_receipt_progress as (
    select
        purchase_order_line_key,
        min(first_receipt_date) as first_receipt_date,
        max(posting_date) filter (where quantity > 0) as last_receipt_date,
        min(posting_date) filter (where received_for_good >= ordered_quantity) as completed_date,
        cast(sum(quantity) as decimal(18, 3)) as received_quantity,
        cast(sum(returned_quantity) as decimal(18, 3)) as returned_quantity,
        cast(coalesce(sum(quantity) filter (where posting_date = first_receipt_date), 0) as decimal(18, 3)) as first_quantity,
        cast(coalesce(sum(quantity) filter (where posting_date <= promised_date), 0) as decimal(18, 3)) as on_time_quantity,
        count(*) filter (where quantity > 0) as receipts,
        cast(sum({{ days_after('posting_date', 'order_date') }} * lasting_quantity) as double) / nullif(sum(lasting_quantity), 0)
            as lead_days,
        cast(sum(net_amount_document) as decimal(18, 2)) as received_amount_document,
        cast({{ whole_sum('net_amount_group') }} as decimal(18, 2)) as received_amount_group
    from stayed
    group by purchase_order_line_key
)

select * from purchase_receipt_progress
