with

as_of as (
    select * from {{ ref('as_of') }}
),

-- A quota in another currency is translated at the rate of the first day of its month, or of today where that is still to come.
quota as (
    select
        cast(date_trunc('month', quota.quota_month) as date) as quota_month,
        coalesce(owner.employee_key, -1) as employee_key,
        sum({{ amount_in('quota.quota_amount', rate_to_group('quota.quota_currency', 'rate.exchange_rate')) }}) as target_amount_group
    from {{ ref('sales_quotas') }} as quota
    cross join as_of
    left join {{ ref('dim_employee') }} as owner
        on quota.source_system = owner.user_system and quota.user_source_id = owner.user_source_id and owner.is_current
    left join {{ ref('exchange_rate_day') }} as rate
        on quota.quota_currency = rate.from_currency and least(quota.quota_month, as_of.as_of_date) = rate.rate_date
    group by all
),

won as (
    select
        cast(date_trunc('month', won_date) as date) as quota_month,
        employee_key,
        sum(amount_group) as actual_amount_group
    from {{ ref('fct_opportunity') }}
    where is_won
    group by all
),

salesperson as (
    select
        'salesperson' as target_level,
        coalesce(quota.quota_month, won.quota_month) as target_month,
        cast(-1 as bigint) as company_key,
        coalesce(quota.employee_key, won.employee_key) as employee_key,
        quota.target_amount_group,
        coalesce(won.actual_amount_group, 0) as actual_amount_group
    from quota
    full outer join won on quota.quota_month = won.quota_month and quota.employee_key = won.employee_key
),

-- The ledger's sign: revenue is credit, so a budget of it is negative. Of a forecast only the plan counts as a target.
budget as (
    select
        cast(date_trunc('month', budget.period_start_date) as date) as target_month,
        budget.company_key,
        -sum(budget.amount_group) as target_amount_group
    from {{ ref('fct_budget_line') }} as budget
    inner join {{ ref('dim_account') }} as account on budget.account_key = account.account_key
    where budget.budget_type = 'plan' and account.line_code in ('revenue', 'sales_deductions')
    group by all
),

billed as (
    select
        cast(date_trunc('month', invoice_date) as date) as target_month,
        company_key,
        sum(net_amount_group) as actual_amount_group
    from {{ ref('fct_invoice_line') }}
    group by all
),

company as (
    select
        'company' as target_level,
        coalesce(budget.target_month, billed.target_month) as target_month,
        coalesce(budget.company_key, billed.company_key) as company_key,
        cast(-1 as bigint) as employee_key,
        budget.target_amount_group,
        coalesce(billed.actual_amount_group, 0) as actual_amount_group
    from budget
    full outer join billed on budget.target_month = billed.target_month and budget.company_key = billed.company_key
),

target as (
    select * from salesperson

    union all

    select * from company
),

quota_attainment as (
    select
        target.target_level,
        target.target_month,
        target.company_key,
        target.employee_key,
        cast(target.target_amount_group as decimal(18, 2)) as target_amount_group,
        cast(target.actual_amount_group as decimal(18, 2)) as actual_amount_group,
        cast(target.actual_amount_group - target.target_amount_group as decimal(18, 2)) as difference_group,
        cast(target.actual_amount_group as double) / nullif(target.target_amount_group, 0) as attainment_rate,
        target.target_month > as_of.as_of_month as is_future
    from target
    cross join as_of
)

select * from quota_attainment
