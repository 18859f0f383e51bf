{{ config(meta={'made_of': ['receivable_item']}) }}

with

today as (
    select
        as_of_date,
        cast(as_of_date - interval 12 months as date) as year_before_date
    from {{ ref('as_of') }}
),

-- What a payment took part in clearing was paid; an invoice that a cancellation or a write-off cleared was not.
paid as (
    select distinct receivable_item_key
    from {{ ref('fct_payment_allocation') }}
    where clearing_type = 'payment' and receivable_item_key is not null
),

item as (
    select
        item.customer_key,
        item.amount_group,
        item.is_open,
        item.late_days,
        item.clearing_date,
        item.item_type = 'payment' as is_payment,
        item.item_type = 'invoice' and paid.receivable_item_key is not null as is_paid_invoice,
        item.is_open and item.amount_group > 0 and item.due_date < today.as_of_date as is_overdue,
        item.posting_date,
        {{ days_after('today.as_of_date', 'item.due_date') }} as overdue_days,
        today.year_before_date
    from {{ ref('fct_receivable_item') }} as item
    left join paid on item.receivable_item_key = paid.receivable_item_key
    cross join today
),

customer_receivables as (
    select
        customer_key,
        count(*) filter (where is_open) as open_items,
        cast(coalesce(sum(amount_group) filter (where is_open), 0) as decimal(18, 2)) as receivables_group,
        cast(coalesce(-sum(amount_group) filter (where is_open and amount_group < 0), 0) as decimal(18, 2)) as open_credits_group,
        count(*) filter (where is_overdue) as overdue_items,
        cast(coalesce(sum(amount_group) filter (where is_overdue), 0) as decimal(18, 2)) as overdue_amount_group,
        max(overdue_days) filter (where is_overdue) as worst_overdue_days,
        count(*) filter (where is_paid_invoice) as paid_invoices,
        avg(late_days) filter (where is_paid_invoice) as average_days_late,
        avg(late_days) filter (
            where is_paid_invoice and clearing_date > year_before_date
        ) as average_days_late_last_12_months,
        cast(count(*) filter (where is_paid_invoice and late_days > 0) as double)
        / nullif(count(*) filter (where is_paid_invoice), 0) as paid_late_rate,
        max(posting_date) filter (where is_payment) as last_payment_date
    from item
    group by customer_key
)

select * from customer_receivables
