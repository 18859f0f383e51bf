{{ config(meta={'made_of': ['journal_line']}) }}

with

account_movement_month as (
    select
        company_key,
        account_key,
        cost_center_key,
        fiscal_year,
        fiscal_period,
        cast(sum(greatest(amount_company, 0)) as decimal(18, 3)) as debit_amount_company,
        cast(sum(greatest(-amount_company, 0)) as decimal(18, 3)) as credit_amount_company,
        cast(sum(greatest(amount_group, 0)) as decimal(18, 3)) as debit_amount_group,
        cast(sum(greatest(-amount_group, 0)) as decimal(18, 3)) as credit_amount_group,
        count(*) as journal_lines
    from {{ ref('fct_journal_line') }}
    group by company_key, account_key, cost_center_key, fiscal_year, fiscal_period
)

select * from account_movement_month
