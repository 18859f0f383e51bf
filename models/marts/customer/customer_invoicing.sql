{{ config(meta={'made_of': ['invoice_line']}) }}

with

today as (
    select
        cast(as_of_date - interval 12 months as date) as year_before_date,
        cast(as_of_date - interval 24 months as date) as two_years_before_date
    from {{ ref('as_of') }}
),

-- A cancelled invoice and its cancellation are both there and come to nothing; credit notes are negative.
customer_invoicing as (
    select
        line.customer_key,
        min(line.invoice_date) as first_invoice_date,
        max(line.invoice_date) as last_invoice_date,
        cast(sum(line.net_amount_group) as decimal(18, 2)) as invoiced_revenue_group,
        cast(sum(line.net_amount_group) - sum(coalesce(line.cost_amount_group, 0)) as decimal(18, 2)) as invoiced_margin_group,
        cast(coalesce(-sum(line.net_amount_group) filter (where line.invoice_type like 'credit_note%'), 0) as decimal(18, 2))
            as credit_notes_group,
        cast(
            coalesce(sum(line.net_amount_group) filter (where line.invoice_date > today.year_before_date), 0) as decimal(18, 2)
        ) as invoiced_last_12_months_group,
        cast(
            coalesce(
                sum(line.net_amount_group) filter (
                    where line.invoice_date > today.two_years_before_date and line.invoice_date <= today.year_before_date
                ), 0
            ) as decimal(18, 2)
        ) as invoiced_previous_12_months_group
    from {{ ref('fct_invoice_line') }} as line
    cross join today
    group by line.customer_key
)

select * from customer_invoicing
