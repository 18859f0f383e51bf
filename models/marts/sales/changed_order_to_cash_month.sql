{{ config(materialized='table', meta={'made_of': ['delivery_line', 'invoice_line']}) }}

{%- set changed = ref('changed_order_line_progress') %}

with

line as (
    select
        delivered_date,
        invoiced_date,
        paid_date
    from {{ ref('order_line_progress') }}
    where sales_order_line_key in (select changed.sales_order_line_key from {{ changed }} as changed)

    union all

    select
        delivered_date_before as delivered_date,
        invoiced_date_before as invoiced_date,
        paid_date_before as paid_date
    from {{ changed }}
),

ended as (
    select delivered_date as ended_date from line

    union

    select invoiced_date as ended_date from line

    union

    select paid_date as ended_date from line
),

changed_order_to_cash_month as (
    select distinct cast(date_trunc('month', ended_date) as date) as ended_month
    from ended
    where ended_date is not null
)

select * from changed_order_to_cash_month
