{{ config(meta={'made_of': ['purchase_order_line', 'goods_receipt_line', 'supplier_invoice_line']}) }}

{%- set durations = ['order_to_receipt_days', 'receipt_to_invoice_days', 'invoice_to_payment_days', 'order_to_payment_days'] %}

with

cycle as (
    select * from {{ ref('purchase_cycle') }}
),

matched as (
    select
        purchase_order_line_key,
        is_matched,
        exceptions
    from {{ ref('three_way_match') }}
    where purchase_order_line_key is not null
),

line as (
    select
        cycle.*,
        cast(date_trunc('month', cycle.order_date) as date) as order_month,
        matched.is_matched,
        matched.exceptions
    from cycle
    left join matched on cycle.purchase_order_line_key = matched.purchase_order_line_key
),

month as (
    select
        order_month,
        company_key,
        count(*) as ordered_lines,
        cast(sum(net_amount_group) as decimal(18, 2)) as ordered_amount_group,
        count(*) filter (where cycle_stage in ('received', 'invoiced', 'paid')) as received_lines,
        count(*) filter (where cycle_stage in ('invoiced', 'paid')) as invoiced_lines,
        count(*) filter (where cycle_stage = 'paid') as paid_lines,
        count(*) filter (where cycle_stage = 'closed') as closed_lines,
        count(*) filter (where is_overdue) as overdue_lines,
        {%- for duration in durations %}
        {{ quantile(duration, 0.5) }} as {{ duration | replace('_days', '') }}_median_days,
        {{ quantile(duration, 0.9) }} as {{ duration | replace('_days', '') }}_p90_days,
        {%- endfor %}
        count(*) filter (where is_matched) as matched_lines,
        count(*) filter (where not is_matched) as exception_lines,
        count(*) filter (where exceptions like '%price%') as price_exception_lines,
        count(*) filter (where exceptions like '%more than%') as quantity_exception_lines,
        count(*) filter (where exceptions like '%not invoiced%') as uninvoiced_lines,
        count(*) filter (where payment_late_days > 0) as paid_late_lines
    from line
    group by order_month, company_key
),

procure_to_pay as (
    select
        month.order_month,
        month.company_key,
        company.company_code,
        month.ordered_lines,
        month.ordered_amount_group,
        month.received_lines,
        month.invoiced_lines,
        month.paid_lines,
        month.closed_lines,
        month.overdue_lines,
        month.order_to_receipt_median_days,
        month.order_to_receipt_p90_days,
        month.receipt_to_invoice_median_days,
        month.receipt_to_invoice_p90_days,
        month.invoice_to_payment_median_days,
        month.invoice_to_payment_p90_days,
        month.order_to_payment_median_days,
        month.order_to_payment_p90_days,
        month.matched_lines,
        month.exception_lines,
        month.price_exception_lines,
        month.quantity_exception_lines,
        month.uninvoiced_lines,
        month.paid_late_lines,
        cast(month.exception_lines as double) / nullif(month.matched_lines + month.exception_lines, 0) as exception_rate
    from month
    left join {{ ref('dim_company') }} as company on month.company_key = company.company_key
)

select * from procure_to_pay
