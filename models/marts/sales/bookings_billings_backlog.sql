{{ config(meta={'made_of': ['sales_order_line']}) }}

with

-- By day first: to tell the month of every line costs more than to add the line up.
booked_day as (
    select
        order_date,
        company_key,
        sum(net_amount_group) as booked_group
    from {{ ref('fct_sales_order_line') }}
    group by order_date, company_key
),

cancelled_line as (
    select
        line.order_date,
        coalesce(company.company_key, -1) as company_key,
        {{ amount_in('line.net_amount_document', rate_to_group('line.document_currency', 'rate.exchange_rate')) }} as cancelled_group
    from {{ ref('sales_order_line') }} as line
    left join {{ ref('dim_company') }} as company
        on line.source_system = company.source_system and line.company_code = company.company_code
    left join {{ ref('exchange_rate_day') }} as rate
        on line.document_currency = rate.from_currency and line.order_date = rate.rate_date
    where line.is_cancelled
),

billed as (
    select
        cast(date_trunc('month', invoice_date) as date) as invoice_month,
        company_key,
        sum(net_amount_group) as billed_group,
        sum(net_amount_group) filter (where invoice_type in ('credit_note', 'credit_note_cancellation')) as credited_group
    from {{ ref('fct_invoice_line') }}
    group by invoice_month, company_key
),

-- What a month's invoices and their cancellations take from the backlog: the part of the line's value that their quantity stands for.
line_month as (
    select
        invoice_line.sales_order_line_key,
        cast(date_trunc('month', invoice_line.invoice_date) as date) as invoice_month,
        order_line.company_key,
        order_line.quantity,
        order_line.net_amount_group,
        sum(invoice_line.quantity) as month_quantity
    from {{ ref('fct_invoice_line') }} as invoice_line
    inner join {{ ref('fct_sales_order_line') }} as order_line
        on invoice_line.sales_order_line_key = order_line.sales_order_line_key
    where invoice_line.invoice_type in ('invoice', 'invoice_cancellation')
    group by all
),

line_by_now as (
    select
        *,
        sum(month_quantity) over (partition by sales_order_line_key order by invoice_month) as quantity_by_now
    from line_month
),

taken as (
    select
        invoice_month,
        company_key,
        sum(
            {{ part_of_line('net_amount_group', 'quantity_by_now', 'quantity') }}
            - {{ part_of_line('net_amount_group', 'quantity_by_now - month_quantity', 'quantity') }}
        ) as taken_group
    from line_by_now
    group by invoice_month, company_key
),

event as (
    {%- for source, month, amounts in [
        ('booked_day', "cast(date_trunc('month', order_date) as date)", {'booked': 'booked_group'}),
        ('cancelled_line', "cast(date_trunc('month', order_date) as date)", {'booked': 'cancelled_group', 'cancelled': 'cancelled_group'}),
        ('billed', 'invoice_month', {'billed': 'billed_group', 'credited': 'credited_group'}),
        ('taken', 'invoice_month', {'taken': 'taken_group'}),
    ] %}
    select
        {%- for amount in ['booked', 'cancelled', 'billed', 'credited', 'taken'] %}
        {{ amounts.get(amount, '0') }} as {{ amount }}_group,
        {%- endfor %}
        {{ month }} as sales_month,
        company_key
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

bounds as (
    select
        min(sales_month) as first_day,
        max(sales_month) as last_day
    from event
),

calendar as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

company as (
    select distinct company_key
    from event
),

month as (
    select
        calendar.day as sales_month,
        company.company_key
    from calendar
    cross join company
    where extract(day from calendar.day) = 1
),

added_up as (
    select
        {%- for amount in ['booked', 'cancelled', 'billed', 'credited', 'taken'] %}
        coalesce(sum(event.{{ amount }}_group), 0) as {{ amount }}_group,
        {%- endfor %}
        month.sales_month,
        month.company_key
    from month
    left join event on month.sales_month = event.sales_month and month.company_key = event.company_key
    group by month.sales_month, month.company_key
),

rolled as (
    select
        *,
        sum(booked_group - cancelled_group - taken_group) over (partition by company_key order by sales_month) as backlog_group
    from added_up
),

bookings_billings_backlog as (
    select
        sales_month,
        company_key,
        cast(backlog_group - booked_group + cancelled_group + taken_group as decimal(18, 2)) as opening_backlog_group,
        cast(booked_group as decimal(18, 2)) as gross_bookings_group,
        cast(-cancelled_group as decimal(18, 2)) as cancellations_group,
        cast(booked_group - cancelled_group as decimal(18, 2)) as bookings_group,
        cast(taken_group as decimal(18, 2)) as billed_backlog_group,
        cast(backlog_group as decimal(18, 2)) as closing_backlog_group,
        cast(billed_group as decimal(18, 2)) as billings_group,
        cast(credited_group as decimal(18, 2)) as credit_notes_group,
        cast(billed_group - credited_group - taken_group as decimal(18, 2)) as billing_difference_group,
        cast(booked_group - cancelled_group as double) / nullif(billed_group, 0) as book_to_bill_rate
    from rolled
)

select * from bookings_billings_backlog
