{{ config(meta={'made_of': ['purchase_order_line', 'goods_receipt_line', 'supplier_invoice_line']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

-- What the same supplier took for the same product before, in the same currency.
line as (
    select
        cycle.*,
        cost.unit_cost_group,
        lag(cycle.unit_price_document) over (
            partition by cycle.supplier_key, cycle.product_key, cycle.document_currency
            order by cycle.order_date, cycle.purchase_order_line_key
        ) as previous_price_document
    from {{ ref('purchase_cycle') }} as cycle
    left join {{ ref('dim_product_cost') }} as cost
        on
            cycle.product_key = cost.product_key
            and cycle.order_date >= cost.valid_from
            and cycle.order_date < cost.valid_to
),

ordered as (
    select
        supplier_key,
        cast(date_trunc('month', order_date) as date) as supplier_month,
        count(*) as ordered_lines,
        sum(net_amount_group) as ordered_amount_group,
        sum((unit_price_document - previous_price_document) * quantity * exchange_rate_group) as previous_price_variance_group,
        sum(previous_price_document * quantity * exchange_rate_group) as previous_price_amount_group,
        sum(net_amount_group - quantity * unit_cost_group) as standard_price_variance_group,
        sum(quantity * unit_cost_group) as standard_amount_group
    from line
    group by supplier_key, supplier_month
),

promised as (
    select
        line.supplier_key,
        cast(date_trunc('month', line.promised_date) as date) as supplier_month,
        count(*) as due_lines,
        count(*) filter (where line.is_on_time) as on_time_lines,
        count(*) filter (where line.is_in_full) as in_full_lines,
        count(*) filter (where line.is_on_time and line.is_in_full) as on_time_in_full_lines,
        sum(line.quantity) as due_quantity,
        sum(least(line.on_time_quantity, line.quantity)) as on_time_quantity,
        sum(greatest(line.receipt_delay_days, 0)) as delay_days
    from line
    cross join today
    where line.promised_date <= today.as_of_date
    group by line.supplier_key, supplier_month
),

received as (
    select
        receipt.supplier_key,
        cast(date_trunc('month', receipt.posting_date) as date) as supplier_month,
        count(*) filter (where not receipt.is_reversal) as received_lines,
        count(*) filter (where type.movement_kind = 'supplier_return') as returned_lines,
        sum(receipt.net_amount_group) as received_amount_group,
        coalesce(-sum(receipt.net_amount_group) filter (where type.movement_kind = 'supplier_return'), 0) as returned_amount_group
    from {{ ref('fct_goods_receipt_line') }} as receipt
    left join {{ ref('movement_types') }} as type on receipt.movement_type_code = type.movement_type_code
    group by receipt.supplier_key, supplier_month
),

invoiced as (
    select
        supplier_key,
        cast(date_trunc('month', posting_date) as date) as supplier_month,
        sum(net_amount_group) as invoiced_amount_group
    from {{ ref('fct_supplier_invoice_line') }}
    group by supplier_key, supplier_month
),

month as (
    select
        supplier_key,
        supplier_month
    from ordered

    union

    select
        supplier_key,
        supplier_month
    from promised

    union

    select
        supplier_key,
        supplier_month
    from received

    union

    select
        supplier_key,
        supplier_month
    from invoiced
),

supplier_month as (
    select
        month.supplier_key,
        month.supplier_month,
        coalesce(ordered.ordered_lines, 0) as ordered_lines,
        cast(coalesce(ordered.ordered_amount_group, 0) as decimal(18, 2)) as ordered_amount_group,
        cast(coalesce(ordered.previous_price_variance_group, 0) as decimal(18, 2)) as previous_price_variance_group,
        cast(coalesce(ordered.previous_price_amount_group, 0) as decimal(18, 2)) as previous_price_amount_group,
        cast(coalesce(ordered.standard_price_variance_group, 0) as decimal(18, 2)) as standard_price_variance_group,
        cast(coalesce(ordered.standard_amount_group, 0) as decimal(18, 2)) as standard_amount_group,
        coalesce(promised.due_lines, 0) as due_lines,
        coalesce(promised.on_time_lines, 0) as on_time_lines,
        coalesce(promised.in_full_lines, 0) as in_full_lines,
        coalesce(promised.on_time_in_full_lines, 0) as on_time_in_full_lines,
        cast(coalesce(promised.due_quantity, 0) as decimal(18, 3)) as due_quantity,
        cast(coalesce(promised.on_time_quantity, 0) as decimal(18, 3)) as on_time_quantity,
        cast(coalesce(promised.delay_days, 0) as bigint) as delay_days,
        coalesce(received.received_lines, 0) as received_lines,
        coalesce(received.returned_lines, 0) as returned_lines,
        cast(coalesce(received.received_amount_group, 0) as decimal(18, 2)) as received_amount_group,
        cast(coalesce(received.returned_amount_group, 0) as decimal(18, 2)) as returned_amount_group,
        cast(coalesce(invoiced.invoiced_amount_group, 0) as decimal(18, 2)) as invoiced_amount_group
    from month
    left join ordered on month.supplier_key = ordered.supplier_key and month.supplier_month = ordered.supplier_month
    left join promised on month.supplier_key = promised.supplier_key and month.supplier_month = promised.supplier_month
    left join received on month.supplier_key = received.supplier_key and month.supplier_month = received.supplier_month
    left join invoiced on month.supplier_key = invoiced.supplier_key and month.supplier_month = invoiced.supplier_month
)

select * from supplier_month
