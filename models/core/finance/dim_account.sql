with

account as (
    select
        source_system,
        chart_of_accounts,
        account_number,
        min(account_name) as account_name,
        min(account_group) as account_group,
        bool_or(is_balance_sheet) as is_balance_sheet,
        min(subledger) as subledger
    from {{ ref('gl_account') }}
    where not is_deleted
    group by source_system, chart_of_accounts, account_number
),

statement_line as (
    select * from {{ ref('account_statement_lines') }}
),

known_account as (
    select
        {{ surrogate_key(["'account'", 'account.source_system', 'account.chart_of_accounts', 'account.account_number']) }} as account_key,
        account.source_system,
        account.chart_of_accounts,
        account.account_number,
        coalesce(account.account_name, account.account_number) as account_name,
        account.account_group,
        account.is_balance_sheet,
        account.subledger,
        coalesce(
            statement_line.statement, case when account.is_balance_sheet then 'balance sheet' else 'profit and loss' end
        ) as statement,
        coalesce(statement_line.section, 'Unassigned') as section,
        coalesce(statement_line.line_code, 'unassigned') as line_code,
        coalesce(statement_line.line_name, 'Unassigned') as line_name,
        coalesce(statement_line.line_order, 9999) as line_order
    from account
    left join statement_line
        on
            account.chart_of_accounts = statement_line.chart_of_accounts
            and try_cast(account.account_number as bigint) >= statement_line.first_account
            and try_cast(account.account_number as bigint) <= statement_line.last_account
),

unknown_account as (
    select
        -1 as account_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as chart_of_accounts,
        cast(null as varchar) as account_number,
        'Unknown' as account_name,
        cast(null as varchar) as account_group,
        cast(null as boolean) as is_balance_sheet,
        cast(null as varchar) as subledger,
        'Unknown' as statement,
        'Unassigned' as section,
        'unassigned' as line_code,
        'Unassigned' as line_name,
        9999 as line_order
),

dim_account as (
    select * from known_account

    union all

    select * from unknown_account
)

select * from dim_account
