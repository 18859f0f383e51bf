{{ config(materialized='view') }}

-- Each pair of totals by month: what the facts add up to, and what the mart says.
{%- set pairs = [
    ('revenue_month', 'fct_sales_order_line', 'order_date', 'net_amount_group', 'revenue_month', 'order_month', 'revenue_group', 'true'),
    (
        'product_performance', 'fct_sales_order_line', 'order_date', 'net_amount_group',
        'product_performance', 'sales_month', 'revenue_group', 'true',
    ),
    (
        'bookings_billings_backlog bookings', 'fct_sales_order_line', 'order_date', 'net_amount_group',
        'bookings_billings_backlog', 'sales_month', 'bookings_group', 'true',
    ),
    (
        'bookings_billings_backlog billings', 'fct_invoice_line', 'invoice_date', 'net_amount_group',
        'bookings_billings_backlog', 'sales_month', 'billings_group', 'true',
    ),
    (
        'order_to_cash', 'fct_sales_order_line', 'order_date', 'net_amount_group',
        'order_to_cash', 'order_date', 'net_amount_group', '(select is_shipped or is_billed from way)',
    ),
    (
        'win_rate_month won', 'fct_opportunity', 'won_date', 'amount_group', 'win_rate_month', 'deal_month', 'won_amount_group', 'is_won',
    ),
    (
        'win_rate_month lost', 'fct_opportunity', 'lost_date', 'amount_group',
        'win_rate_month', 'deal_month', 'lost_amount_group', 'is_closed and not is_won',
    ),
] %}

with

-- Where no system tells of deliveries or invoices, nobody knows how far an order is.
way as (
    select
        exists(select 1 from {{ ref('fct_delivery_line') }}) as is_shipped,
        exists(select 1 from {{ ref('fct_invoice_line') }}) as is_billed
),

total as (
    {%- for name, fact, fact_date, fact_amount, mart, mart_date, mart_amount, condition in pairs %}
    select
        '{{ name }}' as document,
        cast(date_trunc('month', {{ fact_date }}) as date) as month,
        sum({{ fact_amount }}) as expected,
        0 as actual
    from {{ ref(fact) }}
    where {{ condition }}
    group by all

    union all

    select
        '{{ name }}' as document,
        cast(date_trunc('month', {{ mart_date }}) as date) as month,
        0 as expected,
        sum({{ mart_amount }}) as actual
    from {{ ref(mart) }}
    group by all

    union all
    {% endfor %}
    select
        'pipeline_today' as document,
        as_of.as_of_month as month,
        coalesce((
            select sum(deal.amount_group)
            from {{ ref('fct_opportunity') }} as deal
            where not deal.is_closed
        ), 0) as expected,
        coalesce((select sum(open_deal.amount_group) from {{ ref('pipeline_today') }} as open_deal), 0) as actual
    from {{ ref('as_of') }} as as_of

    union all

    select
        'open_order_line' as document,
        as_of.as_of_month as month,
        coalesce((
            select sum(backlog.closing_backlog_group)
            from {{ ref('bookings_billings_backlog') }} as backlog
            where
                backlog.sales_month = (select max(last.sales_month) from {{ ref('bookings_billings_backlog') }} as last)
                and (select way.is_shipped or way.is_billed from way)
        ), 0) as expected,
        coalesce((select sum(line.backlog_amount_group) from {{ ref('open_order_line') }} as line), 0) as actual
    from {{ ref('as_of') }} as as_of

    union all

    select
        'pipeline_waterfall' as document,
        pipeline_month as month,
        snapshot_group as expected,
        closing_group as actual
    from {{ ref('pipeline_waterfall') }}
),

compared as (
    select
        document,
        month,
        coalesce(sum(expected), 0) as expected,
        coalesce(sum(actual), 0) as actual
    from total
    group by document, month
),

check_sales_marts_equal_facts as (
    select
        'sales_marts_equal_facts' as check_name,
        cast(null as varchar) as company,
        substr(cast(month as varchar), 1, 7) as period,
        cast(sum(expected) as decimal(18, 2)) as expected,
        cast(sum(actual) as decimal(18, 2)) as actual,
        {{ list_text('document', 'expected <> actual') }} as documents
    from compared
    group by month
)

select * from check_sales_marts_equal_facts
