{{ config(meta={'made_of': ['delivery_line', 'invoice_line']}) }}

with

step as (
    {%- for step, ended, days in [
        ('order_to_issue', 'delivered_date', 'order_to_issue_days'),
        ('issue_to_invoice', 'greatest(delivered_date, invoiced_date)', 'issue_to_invoice_days'),
        ('invoice_to_cash', 'paid_date', 'invoice_to_cash_days'),
        ('late_payment', 'paid_date', 'late_payment_days'),
        ('order_to_cash', 'paid_date', 'order_to_cash_days'),
    ] %}
    select
        '{{ step }}' as step,
        cast(date_trunc('month', {{ ended }}) as date) as ended_month,
        company_key,
        {{ days }} as days,
        net_amount_group
    from {{ ref('order_to_cash') }}
    where {{ days }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

order_to_cash_month as (
    select
        ended_month,
        company_key,
        step,
        count(*) as order_lines,
        cast(sum(net_amount_group) as decimal(18, 2)) as net_amount_group,
        avg(days) as average_days,
        {{ quantile('days', 0.5) }} as median_days,
        {{ quantile('days', 0.9) }} as p90_days
    from step
    group by ended_month, company_key, step
)

select * from order_to_cash_month
