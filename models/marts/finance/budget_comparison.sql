{{ config(meta={'made_of': ['budget_line']}) }}

with

-- As in the income statement what helps the result is positive: revenue planned, and costs with a minus.
budget as (
    select
        company_key,
        account_key,
        cost_center_key,
        budget_version,
        budget_type,
        fiscal_year,
        fiscal_period,
        sum(-amount_company) as budget_company,
        sum(-amount_group) as budget_group
    from {{ ref('fct_budget_line') }}
    group by company_key, account_key, cost_center_key, budget_version, budget_type, fiscal_year, fiscal_period
),

-- The periods that a version plans for a company, and what its currency was worth to the planners. Of several versions of a type
-- the last one is in force.
planned_period as (
    select
        company_key,
        budget_version,
        budget_type,
        budget_version = max(budget_version) over (partition by company_key, budget_type, fiscal_year, fiscal_period) as is_in_force,
        fiscal_year,
        fiscal_period,
        min(period_start_date) as period_start_date,
        min(period_end_date) as period_end_date,
        max(cast(exchange_rate_group as double) / nullif(exchange_rate_company, 0)) as budget_rate_group
    from {{ ref('fct_budget_line') }}
    group by company_key, budget_version, budget_type, fiscal_year, fiscal_period
),

compared_account as (
    select account_key
    from {{ ref('dim_account') }}
    where not is_balance_sheet

    union

    select account_key from budget
),

actual as (
    select
        movement.company_key,
        movement.account_key,
        movement.cost_center_key,
        period.budget_version,
        period.budget_type,
        movement.fiscal_year,
        movement.fiscal_period,
        movement.credit_amount_company - movement.debit_amount_company as actual_company,
        movement.credit_amount_group - movement.debit_amount_group as actual_group
    from {{ ref('account_movement_month') }} as movement
    inner join {{ ref('dim_company') }} as company
        on movement.company_key = company.company_key and movement.fiscal_calendar_code = company.fiscal_calendar_code
    inner join compared_account on movement.account_key = compared_account.account_key
    inner join planned_period as period
        on
            movement.company_key = period.company_key
            and movement.fiscal_year = period.fiscal_year
            and movement.fiscal_period = period.fiscal_period
),

both_sides as (
    select
        *,
        0 as actual_company,
        0 as actual_group
    from budget

    union all

    select
        company_key,
        account_key,
        cost_center_key,
        budget_version,
        budget_type,
        fiscal_year,
        fiscal_period,
        0 as budget_company,
        0 as budget_group,
        actual_company,
        actual_group
    from actual
),

-- A period that has not begun has no actual figures, which is not the same as zero. In the group's calendar a period counts where its
-- middle is: the weeks of a company begin and end around the first of a month.
budget_comparison as (
    select
        both_sides.company_key,
        both_sides.account_key,
        both_sides.cost_center_key,
        both_sides.budget_version,
        both_sides.budget_type,
        period.is_in_force,
        both_sides.fiscal_year,
        both_sides.fiscal_period,
        group_date.fiscal_year as group_fiscal_year,
        group_date.fiscal_period as group_fiscal_period,
        period.period_start_date,
        period.period_start_date <= as_of.as_of_date as has_begun,
        period.budget_rate_group,
        cast(sum(both_sides.budget_company) as decimal(18, 2)) as budget_amount_company,
        cast(sum(both_sides.budget_group) as decimal(18, 2)) as budget_amount_group,
        case when period.period_start_date <= as_of.as_of_date then cast(sum(both_sides.actual_company) as decimal(18, 2)) end
            as actual_amount_company,
        case when period.period_start_date <= as_of.as_of_date then cast(sum(both_sides.actual_group) as decimal(18, 2)) end
            as actual_amount_group
    from both_sides
    inner join planned_period as period
        on
            both_sides.company_key = period.company_key
            and both_sides.budget_version = period.budget_version
            and both_sides.budget_type = period.budget_type
            and both_sides.fiscal_year = period.fiscal_year
            and both_sides.fiscal_period = period.fiscal_period
    inner join {{ ref('dim_date') }} as group_date
        on
            period.period_start_date + cast(floor((period.period_end_date - period.period_start_date) / 2) as integer)
            = group_date.calendar_date
    cross join {{ ref('as_of') }} as as_of
    group by
        both_sides.company_key, both_sides.account_key, both_sides.cost_center_key, both_sides.budget_version, both_sides.budget_type,
        period.is_in_force, both_sides.fiscal_year, both_sides.fiscal_period, group_date.fiscal_year, group_date.fiscal_period,
        period.period_start_date, period.budget_rate_group, as_of.as_of_date
)

select * from budget_comparison
