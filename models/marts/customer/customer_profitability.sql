with

{%- set measures = [
    'gross_revenue_group', 'returns_group', 'price_deductions_group', 'cash_discount_group', 'cost_of_sales_group', 'freight_group',
    'service_cost_group', 'visit_cost_group',
] %}

fiscal_month as (
    select distinct
        month_start,
        fiscal_year
    from {{ ref('dim_date') }}
    where calendar_date = month_start
),

period_month as (
    select
        month.*,
        'fiscal_year' as period_type,
        cast(fiscal_month.fiscal_year as varchar) as period
    from {{ ref('customer_profit_month') }} as month
    inner join fiscal_month on month.profit_month = fiscal_month.month_start

    union all

    select
        month.*,
        'last_12_months' as period_type,
        'last 12 months' as period
    from {{ ref('customer_profit_month') }} as month
    inner join {{ ref('as_of') }} as today
        on
            month.profit_month <= today.as_of_month
            and month.profit_month >= cast(today.as_of_month - interval 11 months as date)
),

total as (
    select
        customer_key,
        period_type,
        period,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        min(profit_month) as first_month,
        max(profit_month) as last_month
    from period_month
    group by customer_key, period_type, period
),

stepped as (
    select
        *,
        gross_revenue_group - returns_group - price_deductions_group - cash_discount_group as net_revenue_group,
        gross_revenue_group - returns_group - price_deductions_group - cash_discount_group - cost_of_sales_group
            as gross_margin_group,
        service_cost_group + visit_cost_group as cost_to_serve_group
    from total
),

customer_profitability as (
    select
        customer_key,
        period_type,
        period,
        first_month,
        last_month,
        {%- for measure in measures[:4] %}
        cast({{ measure }} as decimal(18, 2)) as {{ measure }},
        {%- endfor %}
        cast(net_revenue_group as decimal(18, 2)) as net_revenue_group,
        cast(cost_of_sales_group as decimal(18, 2)) as cost_of_sales_group,
        cast(gross_margin_group as decimal(18, 2)) as gross_margin_group,
        cast(freight_group as decimal(18, 2)) as freight_group,
        cast(service_cost_group as decimal(18, 2)) as service_cost_group,
        cast(visit_cost_group as decimal(18, 2)) as visit_cost_group,
        cast(cost_to_serve_group as decimal(18, 2)) as cost_to_serve_group,
        cast(gross_margin_group - freight_group - cost_to_serve_group as decimal(18, 2)) as contribution_margin_group,
        cast(gross_margin_group - freight_group - cost_to_serve_group as double) / nullif(net_revenue_group, 0)
            as contribution_margin_rate
    from stepped
)

select * from customer_profitability
