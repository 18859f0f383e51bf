{{ config(materialized='table', meta={'made_of': ['invoice_line']}) }}

with

-- Where a customer has come to another country, nobody knows the months without looking at all of its invoices.
invoice_day as (
    select invoice_date
    from {{ ref('fct_invoice_line') }}
    where invoice_line_key in (select changed.invoice_line_key from {{ ref('changed_invoice_line') }} as changed)

    union

    select invoice_date_before as invoice_date
    from {{ ref('changed_invoice_line') }}
    where invoice_date_before is not null

    union

    select line.invoice_date
    from {{ ref('fct_invoice_line') }} as line
    inner join {{ ref('changed_customer_country') }} as moved on line.customer_version_key = moved.customer_version_key
    where moved._batch_id > {{ after_batch() }}
),

changed_invoice_month as (
    select distinct cast(date_trunc('month', invoice_date) as date) as invoice_month
    from invoice_day
)

select * from changed_invoice_month
