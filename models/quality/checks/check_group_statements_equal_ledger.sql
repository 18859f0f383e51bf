{{ config(materialized='view') }}

{%- set group_calendar = "'" ~ var('fiscal_calendar') ~ "'" %}

with

company as (
    select * from {{ ref('dim_company') }}
),

-- What nobody assigned to a side stands against the assets: there are past results where a company has no account for them.
account as (
    select
        account.account_key,
        coalesce(account.is_balance_sheet, true) as is_balance_sheet,
        coalesce(account.line_code, 'unassigned') as line_code,
        role.cash_flow_activity = 'cash' as is_cash,
        case
            when coalesce(account.is_balance_sheet, true) and role.balance_sheet_side = 'assets' then 'assets'
            else 'equity and liabilities'
        end as side
    from {{ ref('dim_account') }} as account
    left join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
),

posted as (
    select
        company_key,
        account_key,
        fiscal_year,
        fiscal_period,
        posting_date,
        sum(greatest(amount_group, 0)) as debits,
        sum(amount_group) as amount
    from {{ ref('fct_journal_line') }}
    group by company_key, account_key, fiscal_year, fiscal_period, posting_date
),

-- The group takes a company with its own calendar by the period that was posted to, and another by the day.
ledger as (
    select
        company.company_code,
        company.fiscal_calendar_code <> {{ group_calendar }} as has_other_calendar,
        account.*,
        case when company.fiscal_calendar_code = {{ group_calendar }} then posted.fiscal_year else day.fiscal_year end as fiscal_year,
        case when company.fiscal_calendar_code = {{ group_calendar }} then posted.fiscal_period else day.fiscal_period end
            as fiscal_period,
        posted.debits,
        posted.amount
    from posted
    inner join company on posted.company_key = company.company_key
    inner join account on posted.account_key = account.account_key
    left join {{ ref('dim_date') }} as day on posted.posting_date = day.calendar_date
),

side_movement as (
    select
        side,
        fiscal_year * 100 + fiscal_period as period_order,
        sum(case when side = 'assets' then amount else -amount end) as amount
    from ledger
    group by side, fiscal_year, fiscal_period
),

-- Balances are what was posted since ever, profit and loss included, whatever the year that it was carried forward in.
figure as (
    {%- for figure, amount, condition in [
        ("'account_balance_month of ' || coalesce(company_code, 'unknown')", 'debits', 'has_other_calendar'),
        ("'income_statement ' || line_code", '-amount', 'not is_balance_sheet'),
        ("'income_statement net_result'", '-amount', 'not is_balance_sheet'),
        ("'cash_flow change_of_cash'", 'amount', 'is_cash'),
    ] %}
    select
        true as is_fact,
        {{ figure }} as figure,
        fiscal_year,
        fiscal_period,
        {{ amount }} as amount
    from ledger
    where {{ condition }}

    union all
    {% endfor %}
    select
        true as is_fact,
        'balance_sheet ' || side_movement.side as figure,
        period.fiscal_year,
        period.fiscal_period,
        side_movement.amount
    from {{ ref('book_period') }} as period
    inner join side_movement on period.period_order >= side_movement.period_order
    where period.fiscal_calendar_code = {{ group_calendar }}
    {% for mart, line, amount, condition in [
        ('income_statement', "coalesce(line_code, 'unassigned')", 'amount_group', "not is_subtotal or line_code = 'net_result'"),
        ('balance_sheet', 'side', 'balance_amount_group', 'is_subtotal'),
        ('balance_sheet', "'equity and liabilities'", '-balance_amount_group', "side = 'unassigned'"),
        ('cash_flow', 'line_code', 'amount_group', "line_code = 'change_of_cash'"),
    ] %}
    union all

    select
        false as is_fact,
        '{{ mart }} ' || {{ line }} as figure,
        fiscal_year,
        fiscal_period,
        {{ amount }} as amount
    from {{ ref(mart) }}
    where company_key is null and ({{ condition }})
    {% endfor %}
    union all

    select
        false as is_fact,
        'account_balance_month of ' || coalesce(company.company_code, 'unknown') as figure,
        balance.fiscal_year,
        balance.fiscal_period,
        balance.debit_amount_group as amount
    from {{ ref('account_balance_month') }} as balance
    inner join company on balance.company_key = company.company_key
    where balance.fiscal_calendar_code = {{ group_calendar }} and company.fiscal_calendar_code <> {{ group_calendar }}
),

compared as (
    select
        figure,
        fiscal_year,
        fiscal_period,
        round(coalesce(sum(amount) filter (where is_fact), 0), 2) as of_facts,
        round(coalesce(sum(amount) filter (where not is_fact), 0), 2) as of_marts
    from figure
    group by figure, fiscal_year, fiscal_period
),

-- Differences of figures add up without hiding each other.
check_group_statements_equal_ledger as (
    select
        'group_statements_equal_ledger' as check_name,
        cast(null as varchar) as company,
        coalesce({{ period_text('fiscal_year', 'fiscal_period') }}, 'unknown') as period,
        cast(sum(abs(of_facts)) as decimal(18, 2)) as expected,
        cast(sum(abs(of_facts)) + sum(abs(of_marts - of_facts)) as decimal(18, 2)) as actual,
        {{ list_text('figure', 'of_marts <> of_facts') }} as documents
    from compared
    group by fiscal_year, fiscal_period
)

select * from check_group_statements_equal_ledger
