{%- set changed = ref('changed_order_line_progress') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'sales_order_line_key', ref('changed_order_line_progress')) }}",
    meta={'made_of': ['delivery_line', 'invoice_line']},
) }}
-- depends_on: {{ changed }}

with

order_line as (
    select * from {{ ref('fct_sales_order_line') }}
    {%- if is_incremental() %}
    where sales_order_line_key in (select changed.sales_order_line_key from {{ changed }} as changed)
    {%- endif %}
),

delivery as (
    select
        line.sales_order_line_key,
        cast(count(*) as integer) as deliveries,
        cast(sum(line.quantity) as decimal(18, 3)) as delivered_quantity,
        cast(
            sum(line.quantity) filter (where line.delivery_date <= order_line.due_date) as decimal(18, 3)
        ) as on_time_quantity,
        min(line.delivery_date) as first_issue_date,
        max(line.delivery_date) as last_issue_date
    from {{ ref('fct_delivery_line') }} as line
    inner join order_line on line.sales_order_line_key = order_line.sales_order_line_key
    where line.is_issued
    group by line.sales_order_line_key
),

joined as (
    select
        order_line.sales_order_line_key,
        order_line.sales_order_key,
        order_line.customer_key,
        order_line.product_key,
        order_line.company_key,
        order_line.source_system,
        order_line.order_number,
        order_line.line_number,
        order_line.order_date,
        order_line.due_date,
        order_line.quantity,
        order_line.net_amount_group,
        coalesce(delivery.deliveries, 0) as deliveries,
        coalesce(delivery.delivered_quantity, 0) as delivered_quantity,
        coalesce(delivery.on_time_quantity, 0) as on_time_quantity,
        delivery.first_issue_date,
        delivery.last_issue_date,
        coalesce(invoice.invoiced_quantity, 0) as invoiced_quantity,
        coalesce(invoice.invoiced_amount_group, 0) as invoiced_amount_group,
        invoice.first_invoice_date,
        invoice.last_invoice_date,
        invoice.payment_due_date,
        coalesce(delivery.delivered_quantity >= order_line.quantity, false) as is_delivered,
        coalesce(invoice.invoiced_quantity >= order_line.quantity and invoice.last_invoice_date is not null, false) as is_invoiced,
        coalesce(invoice.invoiced_quantity >= order_line.quantity and invoice.is_paid and invoice.paid_date is not null, false) as is_paid,
        invoice.paid_date as last_clearing_date
    from order_line
    left join delivery on order_line.sales_order_line_key = delivery.sales_order_line_key
    left join {{ ref('order_invoice_progress') }} as invoice on order_line.sales_order_line_key = invoice.sales_order_line_key
),

order_line_progress as (
    select
        sales_order_line_key,
        sales_order_key,
        customer_key,
        product_key,
        company_key,
        source_system,
        order_number,
        line_number,
        order_date,
        due_date,
        first_issue_date,
        case when is_delivered then last_issue_date end as delivered_date,
        first_invoice_date,
        case when is_invoiced then last_invoice_date end as invoiced_date,
        payment_due_date,
        case when is_paid then last_clearing_date end as paid_date,
        deliveries,
        quantity,
        delivered_quantity,
        on_time_quantity,
        cast(invoiced_quantity as decimal(18, 3)) as invoiced_quantity,
        net_amount_group,
        invoiced_amount_group,
        case when is_delivered then {{ days_after('last_issue_date', 'order_date') }} end as order_to_issue_days,
        case when is_delivered and is_invoiced then {{ days_after('last_invoice_date', 'last_issue_date') }} end as issue_to_invoice_days,
        case when is_paid then {{ days_after('last_clearing_date', 'last_invoice_date') }} end as invoice_to_cash_days,
        case when is_paid then {{ days_after('last_clearing_date', 'payment_due_date') }} end as late_payment_days,
        case when is_paid then {{ days_after('last_clearing_date', 'order_date') }} end as order_to_cash_days,
        case
            when is_paid then 'paid'
            when is_invoiced then 'invoiced'
            when is_delivered then 'delivered'
            when deliveries > 0 then 'partly_delivered'
            else 'ordered'
        end as progress,
        delivered_quantity > invoiced_quantity as is_delivered_not_invoiced,
        coalesce(first_invoice_date < first_issue_date, false) or invoiced_quantity > delivered_quantity as is_invoiced_before_delivery
    from joined
)

select * from order_line_progress
