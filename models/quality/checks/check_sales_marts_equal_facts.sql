{{ config(materialized='view') }}

-- The totals of the facts, and which column of which mart adds up to them, month by month.
{%- set facts = {
    'booked': ('fct_sales_order_line', 'order_date', 'net_amount_group', 'true'),
    'lines': ('fct_sales_order_line', 'order_date', '1', 'true'),
    'billed': ('fct_invoice_line', 'invoice_date', 'net_amount_group', 'true'),
    'won': ('fct_opportunity', 'won_date', 'amount_group', 'is_won'),
    'lost': ('fct_opportunity', 'lost_date', 'amount_group', 'is_closed and not is_won'),
} %}
{%- set marts = [
    ('revenue_month', 'booked', 'revenue_month', 'order_month', 'revenue_group', 'true'),
    ('revenue_month order_lines', 'lines', 'revenue_month', 'order_month', 'order_lines', 'true'),
    ('product_performance', 'booked', 'product_performance', 'sales_month', 'revenue_group', 'true'),
    ('bookings_billings_backlog bookings', 'booked', 'bookings_billings_backlog', 'sales_month', 'bookings_group', 'true'),
    ('bookings_billings_backlog billings', 'billed', 'bookings_billings_backlog', 'sales_month', 'billings_group', 'true'),
    ('order_to_cash', 'booked', 'order_to_cash', 'order_date', 'net_amount_group', '(select is_shipped or is_billed from way)'),
    ('win_rate_month won', 'won', 'win_rate_month', 'deal_month', 'won_amount_group', 'true'),
    ('win_rate_month lost', 'lost', 'win_rate_month', 'deal_month', 'lost_amount_group', 'true'),
] %}

with

-- Where no system tells of deliveries or invoices, nobody knows how far an order is.
way as (
    select
        exists(select 1 from {{ ref('fct_delivery_line') }}) as is_shipped,
        exists(select 1 from {{ ref('fct_invoice_line') }}) as is_billed
),

-- By day first: to tell the month of every line costs more than to add the line up.
fact_day as (
    {%- for name, (fact, fact_date, fact_amount, condition) in facts.items() %}
    select
        '{{ name }}' as fact,
        {{ fact_date }} as day,
        sum({{ fact_amount }}) as amount
    from {{ ref(fact) }}
    where {{ condition }}
    group by {{ fact_date }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

fact_month as (
    select
        fact,
        cast(date_trunc('month', day) as date) as month,
        sum(amount) as amount
    from fact_day
    group by all
),

mart_day as (
    {%- for name, fact, mart, mart_date, mart_amount, condition in marts %}
    select
        '{{ name }}' as document,
        {{ mart_date }} as day,
        sum({{ mart_amount }}) as amount
    from {{ ref(mart) }}
    group by {{ mart_date }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

total as (
    {%- for name, fact, mart, mart_date, mart_amount, condition in marts %}
    select
        '{{ name }}' as document,
        month,
        amount as expected,
        0 as actual
    from fact_month
    where fact = '{{ fact }}' and {{ condition }}

    union all
    {% endfor %}
    select
        document,
        cast(date_trunc('month', day) as date) as month,
        0 as expected,
        amount as actual
    from mart_day

    union all

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
