{%- set changed = ref('changed_invoice_month') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'invoice_month', ref('changed_invoice_month')) }}",
    meta={'made_of': ['invoice_line']},
) }}
-- depends_on: {{ changed }}

with

-- By day first: to tell the month of every line costs more than to add the line up.
margin_day as (
    select
        line.invoice_date,
        line.company_key,
        line.customer_key,
        line.product_key,
        customer.country_code,
        count(*) as invoice_lines,
        sum(line.quantity) as quantity,
        sum(line.net_amount_group) as revenue,
        sum(line.cost_amount_group) as cost,
        sum(line.net_amount_group) filter (where line.cost_amount_group is not null) as costed_revenue
    from {{ ref('fct_invoice_line') }} as line
    left join {{ ref('dim_customer') }} as customer on line.customer_version_key = customer.customer_version_key
    {%- if is_incremental() %}
    where
        line.invoice_date >= (select min(changed.invoice_month) from {{ changed }} as changed)
        and date_trunc('month', line.invoice_date) in (select changed.invoice_month from {{ changed }} as changed)
    {%- endif %}
    group by line.invoice_date, line.company_key, line.customer_key, line.product_key, customer.country_code
),

margin_month_key as (
    select
        cast(date_trunc('month', invoice_date) as date) as invoice_month,
        company_key,
        customer_key,
        product_key,
        country_code,
        cast(sum(invoice_lines) as bigint) as invoice_lines,
        cast(sum(quantity) as decimal(18, 3)) as quantity,
        cast(sum(revenue) as decimal(18, 2)) as revenue_amount_group,
        cast(coalesce(sum(costed_revenue), 0) as decimal(18, 2)) as costed_revenue_amount_group,
        cast(coalesce(sum(cost), 0) as decimal(18, 2)) as cost_amount_group
    from margin_day
    group by invoice_month, company_key, customer_key, product_key, country_code
)

select * from margin_month_key
