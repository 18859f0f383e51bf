{{ config(meta={'made_of': ['budget_line']}) }}

with

cost_center as (
    select
        cost_center_key,
        cost_center_code,
        cost_center_name
    from {{ ref('dim_cost_center') }}
    where is_current
),

comparison as (
    select
        *,
        cast(actual_amount_company * budget_rate_group as decimal(18, 2)) as actual_amount_group_at_budget_rate
    from {{ ref('budget_comparison') }}
),

budget_vs_actual as (
    select
        comparison.company_key,
        company.company_code,
        company.company_name,
        company.company_currency,
        comparison.account_key,
        account.account_number,
        account.account_name,
        account.section,
        account.line_code,
        account.line_name,
        account.line_order,
        comparison.cost_center_key,
        cost_center.cost_center_code,
        cost_center.cost_center_name,
        comparison.budget_version,
        comparison.budget_type,
        comparison.is_in_force,
        comparison.fiscal_year,
        comparison.fiscal_period,
        comparison.group_fiscal_year,
        comparison.group_fiscal_period,
        comparison.period_start_date,
        comparison.has_begun,
        comparison.budget_amount_company,
        comparison.actual_amount_company,
        cast(comparison.actual_amount_company - comparison.budget_amount_company as decimal(18, 2)) as variance_amount_company,
        comparison.budget_amount_group,
        comparison.actual_amount_group,
        cast(comparison.actual_amount_group - comparison.budget_amount_group as decimal(18, 2)) as variance_amount_group,
        comparison.actual_amount_group_at_budget_rate,
        cast(comparison.actual_amount_group - comparison.actual_amount_group_at_budget_rate as decimal(18, 2))
            as exchange_variance_amount_group,
        cast(comparison.actual_amount_group - comparison.budget_amount_group as double)
        / nullif(abs(cast(comparison.budget_amount_group as double)), 0) as variance_rate,
        comparison.actual_amount_group >= comparison.budget_amount_group as is_favourable
    from comparison
    inner join {{ ref('dim_company') }} as company on comparison.company_key = company.company_key
    inner join {{ ref('dim_account') }} as account on comparison.account_key = account.account_key
    left join cost_center on comparison.cost_center_key = cost_center.cost_center_key
)

select * from budget_vs_actual
