{{ config(materialized='view') }}

{#- What of a mart is compared with what of a fact: as of today, or month by month. -#}
{%- set totals = [
    ['customer_360.orders', 'orders', 'count(*)', 'fct_sales_order', 'true'],
    ['customer_360.order_lines', 'order_lines', 'count(*)', 'fct_sales_order_line', 'true'],
    ['customer_360.revenue_group', 'revenue_group', 'sum(net_amount_group)', 'fct_sales_order_line', 'true'],
    ['customer_360.invoiced_revenue_group', 'invoiced_revenue_group', 'sum(net_amount_group)', 'fct_invoice_line', 'true'],
    ['customer_360.receivables_group', 'receivables_group', 'sum(amount_group)', 'fct_receivable_item', 'is_open'],
    ['customer_360.cases', 'cases', 'count(*)', 'fct_case', 'true'],
    ['customer_360.pipeline_amount_group', 'pipeline_amount_group', 'sum(amount_group)', 'fct_opportunity', 'not is_closed'],
] %}
{%- set invoiced = 'gross_revenue_group - returns_group - price_deductions_group' %}
{%- set months = [
    ['cohort_retention.revenue_group', 'revenue_group', 'order_month', 'net_amount_group', 'fct_sales_order', 'order_date'],
    ['customer_profit_month.gross_revenue_group', invoiced, 'profit_month', 'net_amount_group', 'fct_invoice_line', 'invoice_date'],
    [
        'customer_profit_month.cost_of_sales_group', 'cost_of_sales_group', 'profit_month', 'cost_amount_group', 'fct_invoice_line',
        'invoice_date',
    ],
    ['customer_profit_month.freight_group', 'freight_group', 'profit_month', 'amount_group', 'freight', 'posting_date'],
    [
        'customer_profit_month.cash_discount_group', 'cash_discount_group', 'profit_month', 'discount_amount_group', 'receipt',
        'payment_date',
    ],
] %}

with

today as (
    select as_of_month from {{ ref('as_of') }}
),

freight as (
    select line.*
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    where account.line_code = 'freight'
),

receipt as (
    select * from {{ ref('fct_payment') }}
    where direction = 'receipt'
),

customer as (
    select
        {%- for total in totals %}
        sum({{ total[1] }}) as {{ total[1] }},
        {%- endfor %}
        count(*) as customers
    from {{ ref('customer_360') }}
),

-- By day first: to tell the month of every row costs more than to add it up.
fact_day as (
    {%- for document, column, month, measure, fact, day in months %}
    select
        '{{ document }}' as document,
        {{ day }} as day,
        sum({{ measure }}) as expected
    from {{ fact if fact in ['freight', 'receipt'] else ref(fact) }}
    group by {{ day }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

said as (
    {%- for document, column, measure, fact, condition in totals %}
    select
        '{{ document }}' as document,
        today.as_of_month as period_month,
        (
            select {{ measure }} from {{ ref(fact) }}
            where {{ condition }}
        ) as expected,
        (select {{ column }} from customer) as actual
    from today

    union all
    {% endfor %}
    select
        document,
        cast(date_trunc('month', day) as date) as period_month,
        sum(expected) as expected,
        0 as actual
    from fact_day
    group by document, period_month

    union all
    {% for document, column, month, measure, fact, day in months %}
    select
        '{{ document }}' as document,
        {{ month }} as period_month,
        0 as expected,
        sum({{ column }}) as actual
    from {{ ref(document.split('.')[0]) }}
    group by {{ month }}

    union all
    {% endfor %}
    select
        'customer_profitability.net_revenue_group' as document,
        today.as_of_month as period_month,
        coalesce((select sum(net_amount_group) from {{ ref('fct_invoice_line') }}), 0)
        - coalesce((select sum(discount_amount_group) from receipt), 0) as expected,
        (
            select sum(net_revenue_group) from {{ ref('customer_profitability') }}
            where period_type = 'fiscal_year'
        ) as actual
    from today
),

compared as (
    select
        document,
        period_month,
        cast(coalesce(sum(expected), 0) as decimal(18, 2)) as expected,
        cast(coalesce(sum(actual), 0) as decimal(18, 2)) as actual
    from said
    group by document, period_month
),

-- What one figure has too much does not make up for what another lacks: differences add up without their signs.
check_customer_marts_equal_facts as (
    select
        'customer_marts_equal_facts' as check_name,
        cast(null as varchar) as company,
        substr(cast(period_month as varchar), 1, 7) as period,
        cast(sum(expected) as decimal(18, 2)) as expected,
        cast(sum(expected + abs(actual - expected)) as decimal(18, 2)) as actual,
        {{ list_text('document', 'actual <> expected') }} as documents
    from compared
    group by period_month
)

select * from check_customer_marts_equal_facts
