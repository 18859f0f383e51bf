{{ config(meta={'made_of': ['journal_line']}) }}

with

-- What every account did to cash: a credit is money that came or was not spent. Net result and the changes of all other lines of
-- the balance sheet explain the change of cash, because entries balance.
account_effect as (
    select
        movement.company_key,
        movement.fiscal_calendar_code,
        movement.fiscal_year,
        movement.fiscal_period,
        coalesce(account.is_balance_sheet, true) as is_balance_sheet,
        account.line_code,
        account.line_name,
        account.line_order,
        coalesce(role.cash_flow_activity, 'operating') as activity,
        sum(movement.credit_amount_company - movement.debit_amount_company) as amount_company,
        sum(movement.credit_amount_group - movement.debit_amount_group) as amount_group
    from {{ ref('account_movement_month') }} as movement
    inner join {{ ref('dim_account') }} as account on movement.account_key = account.account_key
    left join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    group by
        movement.company_key, movement.fiscal_calendar_code, movement.fiscal_year, movement.fiscal_period, account.is_balance_sheet,
        account.line_code, account.line_name, account.line_order, role.cash_flow_activity
),

part as (
    select
        company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        'operating' as activity,
        'net_result' as line_code,
        'Net result' as line_name,
        0 as line_order,
        amount_company,
        amount_group
    from account_effect
    where not is_balance_sheet

    union all

    -- Depreciation lowers the result and the fixed assets, and costs no cash: it is given back to the one and taken from the other.
    select
        company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        'operating' as activity,
        'depreciation' as line_code,
        'Depreciation' as line_name,
        1 as line_order,
        -amount_company as amount_company,
        -amount_group as amount_group
    from account_effect
    where activity = 'depreciation' and not is_balance_sheet

    union all

    select
        company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        'investing' as activity,
        'investments' as line_code,
        'Purchases less sales of fixed assets' as line_name,
        2 as line_order,
        amount_company,
        amount_group
    from account_effect
    where (activity = 'investing' and is_balance_sheet) or (activity = 'depreciation' and not is_balance_sheet)

    union all

    select
        company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        activity,
        line_code,
        line_name,
        line_order,
        amount_company,
        amount_group
    from account_effect
    where is_balance_sheet and activity in ('operating', 'financing')

    union all

    -- What entries lack to balance is not hidden in another line.
    select
        company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        'unexplained' as activity,
        'unbalanced_entries' as line_code,
        'Entries that do not balance' as line_name,
        9999 as line_order,
        -amount_company as amount_company,
        -amount_group as amount_group
    from account_effect
),

cash_flow_movement as (
    select
        company_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        activity,
        line_code,
        line_name,
        line_order,
        cast(sum(amount_company) as decimal(18, 3)) as amount_company,
        cast(sum(amount_group) as decimal(18, 3)) as amount_group
    from part
    group by company_key, fiscal_calendar_code, fiscal_year, fiscal_period, activity, line_code, line_name, line_order
)

select * from cash_flow_movement
