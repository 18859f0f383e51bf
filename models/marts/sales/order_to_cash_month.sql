{%- set changed = ref('changed_order_to_cash_month') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'ended_month', ref('changed_order_to_cash_month')) }}",
    meta={'made_of': ['delivery_line', 'invoice_line']},
) }}
-- depends_on: {{ changed }}

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
    from {{ ref('order_line_progress') }}
    where
        {{ days }} is not null
        {%- if is_incremental() %}
        and {{ ended }} >= (select min(changed.ended_month) from {{ changed }} as changed)
        and date_trunc('month', {{ ended }}) in (select changed.ended_month from {{ changed }} as changed)
        {%- else %}
        and {{ ended }} is not null
        {%- endif %}
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
