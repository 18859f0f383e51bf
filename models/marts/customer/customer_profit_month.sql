with

{%- set measures = [
    'gross_revenue_group', 'returns_group', 'price_deductions_group', 'cost_of_sales_group', 'cash_discount_group', 'freight_group',
    'service_cost_group', 'visit_cost_group',
] %}

-- A credit note without a quantity takes back a part of the price, one with a quantity goods.
invoice_month as (
    select
        customer_key,
        cast(date_trunc('month', invoice_date) as date) as profit_month,
        sum(net_amount_group) filter (where invoice_type not like 'credit_note%') as gross_revenue_group,
        -sum(net_amount_group) filter (where invoice_type like 'credit_note%' and quantity <> 0) as returns_group,
        -sum(net_amount_group) filter (where invoice_type like 'credit_note%' and quantity = 0) as price_deductions_group,
        sum(cost_amount_group) as cost_of_sales_group
    from {{ ref('fct_invoice_line') }}
    group by customer_key, date_trunc('month', invoice_date)
),

payment_month as (
    select
        customer_key,
        cast(date_trunc('month', payment_date) as date) as profit_month,
        sum(discount_amount_group) as cash_discount_group
    from {{ ref('fct_payment') }}
    where direction = 'receipt'
    group by customer_key, date_trunc('month', payment_date)
),

freight_month as (
    select
        customer_key,
        profit_month,
        sum(freight_group) as freight_group
    from {{ ref('customer_freight_month') }}
    group by customer_key, profit_month
),

case_month as (
    select
        customer_key,
        cast(date_trunc('month', opened_date) as date) as profit_month,
        sum(1 + reopened_count) * {{ var('cost_per_case_group') }} as service_cost_group
    from {{ ref('fct_case') }}
    group by customer_key, date_trunc('month', opened_date)
),

visit_month as (
    select
        interaction.customer_key,
        cast(date_trunc('month', interaction.interaction_date) as date) as profit_month,
        sum(interaction.duration_minutes) * {{ var('cost_per_meeting_minute_group') }} as visit_cost_group
    from {{ ref('fct_interaction') }} as interaction
    inner join {{ ref('as_of') }} as today on interaction.interaction_date <= today.as_of_date
    where coalesce(interaction.is_done, true)
    group by interaction.customer_key, date_trunc('month', interaction.interaction_date)
),

part as (
    {%- for part, own in {
        'invoice_month': ['gross_revenue_group', 'returns_group', 'price_deductions_group', 'cost_of_sales_group'],
        'payment_month': ['cash_discount_group'],
        'freight_month': ['freight_group'],
        'case_month': ['service_cost_group'],
        'visit_month': ['visit_cost_group'],
    }.items() %}
    select
        customer_key,
        {%- for measure in measures %}
        cast({{ measure if measure in own else 0 }} as decimal(18, 2)) as {{ measure }},
        {%- endfor %}
        profit_month
    from {{ part }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

customer_profit_month as (
    select
        customer_key,
        {%- for measure in measures %}
        cast(coalesce(sum({{ measure }}), 0) as decimal(18, 2)) as {{ measure }},
        {%- endfor %}
        profit_month
    from part
    group by customer_key, profit_month
)

select * from customer_profit_month
