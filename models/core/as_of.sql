with

last_entry as (
    select max(order_date) as entry_date from {{ ref('fct_sales_order_line') }}

    union all

    select max(invoice_date) as entry_date from {{ ref('fct_invoice_line') }}

    union all

    select max(posting_date) as entry_date from {{ ref('fct_journal_entry') }}

    union all

    select max(posting_date) as entry_date from {{ ref('fct_stock_movement') }}

    union all

    select max(opened_date) as entry_date from {{ ref('fct_case') }}

    union all

    select max(created_date) as entry_date from {{ ref('fct_opportunity') }}
),

as_of as (
    select
        max(entry_date) as as_of_date,
        cast(date_trunc('month', max(entry_date)) as date) as as_of_month
    from last_entry
)

select * from as_of
