{{ config(materialized='view') }}

with

retained_earnings_account as (
    select
        company.company_key,
        min_by(account.account_key, account.account_number) as account_key
    from {{ ref('gl_account') }} as of_company
    inner join {{ ref('dim_account') }} as account
        on
            of_company.source_system = account.source_system
            and of_company.chart_of_accounts = account.chart_of_accounts
            and of_company.account_number = account.account_number
    inner join {{ ref('dim_company') }} as company
        on of_company.source_system = company.source_system and of_company.company_code = company.company_code
    where account.line_code = 'retained_earnings' and not of_company.is_deleted
    group by company.company_key
)

select * from retained_earnings_account
