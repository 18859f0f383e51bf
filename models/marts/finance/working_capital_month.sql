{{ config(meta={'made_of': ['journal_line']}) }}

with

-- Closing brings no days of its own: its special periods are left out of what is compared with days.
company_period as (
    select
        balance.company_key,
        period.fiscal_calendar_code,
        period.fiscal_year,
        period.fiscal_period,
        period.period_order,
        period.period_end_date,
        {{ days_after('period.period_end_date', '(period.period_start_date - 1)') }} as period_days,
        sum(balance.closing_amount_group) filter (where role.working_capital_role = 'receivables') as receivables,
        sum(-balance.closing_amount_group) filter (where role.working_capital_role = 'payables') as payables,
        sum(balance.closing_amount_group) filter (where role.working_capital_role = 'inventories') as inventories,
        sum(balance.credit_amount_group - balance.debit_amount_group) filter (where role.working_capital_role = 'revenue') as revenue,
        sum(balance.debit_amount_group - balance.credit_amount_group) filter (where role.working_capital_role = 'cost_of_sales') as cost
    from {{ ref('account_balance_month') }} as balance
    inner join {{ ref('book_period') }} as period
        on
            balance.fiscal_calendar_code = period.fiscal_calendar_code
            and balance.period_order = period.period_order
            and not period.is_special
    inner join {{ ref('dim_account') }} as account on balance.account_key = account.account_key
    left join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    group by
        balance.company_key, period.fiscal_calendar_code, period.fiscal_year, period.fiscal_period, period.period_order,
        period.period_start_date, period.period_end_date
),

company_or_group as (
    select * from company_period

    union all

    select
        cast(null as bigint) as company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        period_order,
        period_end_date,
        max(period_days) as period_days,
        sum(receivables) as receivables,
        sum(payables) as payables,
        sum(inventories) as inventories,
        sum(revenue) as revenue,
        sum(cost) as cost
    from company_period
    where fiscal_calendar_code = '{{ var("fiscal_calendar") }}'
    group by fiscal_calendar_code, fiscal_year, fiscal_period, period_order, period_end_date
),

rolling as (
    select
        *,
        count(*) over last_periods as periods,
        sum(period_days) over last_periods as days,
        sum(revenue) over last_periods as rolling_revenue,
        sum(cost) over last_periods as rolling_cost
    from company_or_group
    window last_periods as (
        partition by company_key, fiscal_calendar_code order by period_order
        rows between {{ var('working_capital_periods') - 1 }} preceding and current row
    )
),

ratio as (
    select
        *,
        case
            when periods = {{ var('working_capital_periods') }} and rolling_revenue > 0
                then cast(coalesce(receivables, 0) as double) / cast(rolling_revenue as double) * days
        end as dso_days,
        case
            when periods = {{ var('working_capital_periods') }} and rolling_cost > 0
                then cast(coalesce(payables, 0) as double) / cast(rolling_cost as double) * days
        end as dpo_days,
        case
            when periods = {{ var('working_capital_periods') }} and rolling_cost > 0
                then cast(coalesce(inventories, 0) as double) / cast(rolling_cost as double) * days
        end as dio_days
    from rolling
),

working_capital_month as (
    select
        ratio.company_key,
        coalesce(company.company_code, case when ratio.company_key is null then 'group' end) as company_code,
        coalesce(company.company_name, case when ratio.company_key is null then 'Group' end) as company_name,
        ratio.fiscal_calendar_code,
        ratio.fiscal_year,
        ratio.fiscal_period,
        ratio.period_end_date,
        cast(coalesce(ratio.receivables, 0) as decimal(18, 2)) as receivables_amount_group,
        cast(coalesce(ratio.payables, 0) as decimal(18, 2)) as payables_amount_group,
        cast(coalesce(ratio.inventories, 0) as decimal(18, 2)) as inventories_amount_group,
        cast(
            coalesce(ratio.receivables, 0) + coalesce(ratio.inventories, 0) - coalesce(ratio.payables, 0) as decimal(18, 2)
        ) as working_capital_amount_group,
        cast(coalesce(ratio.rolling_revenue, 0) as decimal(18, 2)) as rolling_revenue_amount_group,
        cast(coalesce(ratio.rolling_cost, 0) as decimal(18, 2)) as rolling_cost_of_sales_amount_group,
        cast(ratio.days as integer) as rolling_days,
        ratio.dso_days,
        ratio.dpo_days,
        ratio.dio_days,
        ratio.dso_days + ratio.dio_days - ratio.dpo_days as cash_conversion_cycle_days
    from ratio
    left join {{ ref('dim_company') }} as company on ratio.company_key = company.company_key
)

select * from working_capital_month
