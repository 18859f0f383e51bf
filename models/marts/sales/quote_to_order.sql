{{ config(meta={'made_of': ['quote_line']}) }}

with

as_of as (
    select * from {{ ref('as_of') }}
),

quote as (
    select
        source_system,
        quote_number,
        max(opportunity_key) as opportunity_key,
        max(customer_key) as customer_key,
        max(employee_key) as employee_key,
        max(quote_status) as quote_status,
        min(quote_date) as quote_date,
        max(expiration_date) as expiration_date,
        count(*) as quote_lines,
        sum(net_amount_group) as quote_amount_group
    from {{ ref('fct_quote_line') }}
    where quote_number is not null
    group by source_system, quote_number
),

-- An order of which all lines were rejected or deleted is none.
quote_order as (
    select
        quote_number,
        min(order_number) as order_number,
        count(distinct order_number) as orders,
        min(order_date) as order_date
    from {{ ref('sales_order_line') }}
    where quote_number is not null and not is_deleted
    group by quote_number
),

deal as (
    select * from {{ ref('fct_opportunity') }}
),

quote_to_order as (
    select
        quote.source_system,
        quote.quote_number,
        quote.opportunity_key,
        quote.customer_key,
        quote.employee_key,
        quote.quote_status,
        quote.quote_date,
        cast(date_trunc('month', quote.quote_date) as date) as quote_month,
        quote.expiration_date,
        quote_order.order_number,
        cast(coalesce(quote_order.orders, 0) as integer) as orders,
        quote_order.order_date,
        deal.won_date,
        quote.quote_lines,
        cast(quote.quote_amount_group as decimal(18, 2)) as quote_amount_group,
        quote_order.order_number is not null as is_ordered,
        quote_order.order_number is null and quote.expiration_date < as_of.as_of_date as is_expired,
        {{ days_after('deal.won_date', 'quote.quote_date') }} as quote_to_win_days,
        {{ days_after('quote_order.order_date', 'deal.won_date') }} as win_to_order_days,
        {{ days_after('quote_order.order_date', 'quote.quote_date') }} as quote_to_order_days
    from quote
    cross join as_of
    left join quote_order on quote.quote_number = quote_order.quote_number
    left join deal on quote.opportunity_key = deal.opportunity_key
)

select * from quote_to_order
