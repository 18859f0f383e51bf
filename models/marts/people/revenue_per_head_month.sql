{{ config(meta={'made_of': ['employment_change']}) }}

with

heads as (
    select
        employment_month as revenue_month,
        company_key,
        sum(opening_heads + closing_heads) / 2.0 as average_heads,
        sum(closing_fte) as closing_fte
    from {{ ref('headcount_month') }}
    group by employment_month, company_key
),

revenue_day as (
    select
        invoice_date,
        company_key,
        sum(net_amount_group) as revenue_group
    from {{ ref('fct_invoice_line') }}
    group by invoice_date, company_key
),

revenue as (
    select
        cast(date_trunc('month', invoice_date) as date) as revenue_month,
        company_key,
        sum(revenue_group) as revenue_group
    from revenue_day
    group by cast(date_trunc('month', invoice_date) as date), company_key
),

company_month as (
    select
        heads.revenue_month,
        heads.company_key,
        heads.average_heads,
        heads.closing_fte,
        coalesce(revenue.revenue_group, 0) as revenue_group
    from heads
    left join revenue on heads.revenue_month = revenue.revenue_month and heads.company_key = revenue.company_key
),

every_month as (
    select * from company_month

    union all

    select
        revenue_month,
        cast(null as bigint) as company_key,
        sum(average_heads) as average_heads,
        sum(closing_fte) as closing_fte,
        sum(revenue_group) as revenue_group
    from company_month
    group by revenue_month
),

rolling as (
    select
        *,
        sum(revenue_group) over last_year as revenue_12_months_group,
        avg(average_heads) over last_year as average_heads_12_months,
        count(*) over last_year = 12 as has_year
    from every_month
    window last_year as (partition by company_key order by revenue_month rows between 11 preceding and current row)
),

revenue_per_head_month as (
    select
        rolling.revenue_month,
        rolling.company_key,
        company.company_code,
        cast(rolling.average_heads as double) as average_heads,
        cast(rolling.closing_fte as decimal(18, 4)) as closing_fte,
        cast(rolling.revenue_group as decimal(18, 2)) as revenue_group,
        cast(rolling.revenue_group as double) / nullif(cast(rolling.average_heads as double), 0) as revenue_per_head_group,
        cast(rolling.revenue_group as double) / nullif(cast(rolling.closing_fte as double), 0) as revenue_per_fte_group,
        case when rolling.has_year then cast(rolling.revenue_12_months_group as decimal(18, 2)) end as revenue_12_months_group,
        case
            when rolling.has_year
                then cast(rolling.revenue_12_months_group as double) / nullif(cast(rolling.average_heads_12_months as double), 0)
        end as revenue_per_head_12_months_group,
        cast(pay.gross_pay_group as double) / nullif(rolling.revenue_group, 0) as payroll_rate
    from rolling
    left join {{ ref('dim_company') }} as company on rolling.company_key = company.company_key
    left join {{ ref('payroll_company_month') }} as pay
        on rolling.revenue_month = pay.payroll_month and rolling.company_key is not distinct from pay.company_key
)

select * from revenue_per_head_month
