{{ config(meta={'made_of': ['journal_line']}) }}

with

-- An account that nobody knows is carried on, so that it is never lost.
account as (
    select
        account_key,
        coalesce(is_balance_sheet, true) as is_balance_sheet
    from {{ ref('dim_account') }}
),

period as (
    select * from {{ ref('book_period') }}
),

movement as (
    select
        movement.company_key,
        movement.account_key,
        period.fiscal_calendar_code,
        period.fiscal_year,
        period.period_order,
        sum(movement.debit_amount_company) as debit_company,
        sum(movement.credit_amount_company) as credit_company,
        sum(movement.debit_amount_group) as debit_group,
        sum(movement.credit_amount_group) as credit_group
    from {{ ref('account_movement_month') }} as movement
    inner join period
        on
            movement.fiscal_calendar_code = period.fiscal_calendar_code
            and movement.fiscal_year = period.fiscal_year
            and movement.fiscal_period = period.fiscal_period
    group by movement.company_key, movement.account_key, period.fiscal_calendar_code, period.fiscal_year, period.period_order
),

first_of_year as (
    select
        fiscal_calendar_code,
        fiscal_year,
        min(period_order) as period_order
    from period
    group by fiscal_calendar_code, fiscal_year
),

-- A new year opens with the result of the year before in retained earnings, without a document.
carried_result as (
    select
        movement.company_key,
        coalesce(retained_earnings.account_key, -1) as account_key,
        movement.fiscal_calendar_code,
        first_of_year.period_order,
        sum(movement.debit_company - movement.credit_company) as carried_company,
        sum(movement.debit_group - movement.credit_group) as carried_group
    from movement
    inner join account on movement.account_key = account.account_key
    inner join first_of_year
        on movement.fiscal_calendar_code = first_of_year.fiscal_calendar_code and movement.fiscal_year + 1 = first_of_year.fiscal_year
    left join {{ ref('retained_earnings_account') }} as retained_earnings on movement.company_key = retained_earnings.company_key
    where not account.is_balance_sheet
    group by movement.company_key, retained_earnings.account_key, movement.fiscal_calendar_code, first_of_year.period_order
),

moved as (
    select
        company_key,
        account_key,
        fiscal_calendar_code,
        period_order
    from movement

    union all

    select
        company_key,
        account_key,
        fiscal_calendar_code,
        period_order
    from carried_result
),

-- Every account that moved is there from then on; the one that takes the result from the first result on at the latest.
moved_account as (
    select
        company_key,
        account_key,
        fiscal_calendar_code,
        min(period_order) as first_period_order
    from moved
    group by company_key, account_key, fiscal_calendar_code
),

account_period as (
    select
        moved_account.company_key,
        moved_account.account_key,
        account.is_balance_sheet,
        period.*,
        coalesce(movement.debit_company, 0) as debit_company,
        coalesce(movement.credit_company, 0) as credit_company,
        coalesce(carried_result.carried_company, 0) as carried_company,
        coalesce(movement.debit_group, 0) as debit_group,
        coalesce(movement.credit_group, 0) as credit_group,
        coalesce(carried_result.carried_group, 0) as carried_group,
        case when account.is_balance_sheet then 0 else period.fiscal_year end as summed_since
    from moved_account
    inner join account on moved_account.account_key = account.account_key
    inner join period
        on moved_account.fiscal_calendar_code = period.fiscal_calendar_code and moved_account.first_period_order <= period.period_order
    left join movement
        on
            moved_account.company_key = movement.company_key
            and moved_account.account_key = movement.account_key
            and moved_account.fiscal_calendar_code = movement.fiscal_calendar_code
            and period.period_order = movement.period_order
    left join carried_result
        on
            moved_account.company_key = carried_result.company_key
            and moved_account.account_key = carried_result.account_key
            and moved_account.fiscal_calendar_code = carried_result.fiscal_calendar_code
            and period.period_order = carried_result.period_order
),

closed as (
    select
        *,
        sum(debit_company - credit_company + carried_company) over so_far as closing_company,
        sum(debit_group - credit_group + carried_group) over so_far as closing_group
    from account_period
    window so_far as (
        partition by company_key, account_key, fiscal_calendar_code, summed_since order by period_order
        rows between unbounded preceding and current row
    )
),

account_balance_month as (
    select
        company_key,
        account_key,
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        period_order,
        period_start_date,
        period_end_date,
        is_balance_sheet,
        cast(closing_company - debit_company + credit_company as decimal(18, 3)) as opening_amount_company,
        cast(debit_company as decimal(18, 3)) as debit_amount_company,
        cast(credit_company as decimal(18, 3)) as credit_amount_company,
        cast(closing_company as decimal(18, 3)) as closing_amount_company,
        cast(closing_group - debit_group + credit_group as decimal(18, 3)) as opening_amount_group,
        cast(debit_group as decimal(18, 3)) as debit_amount_group,
        cast(credit_group as decimal(18, 3)) as credit_amount_group,
        cast(closing_group as decimal(18, 3)) as closing_amount_group
    from closed
)

select * from account_balance_month
