{{ config(materialized='table', meta={'made_of': ['journal_line']}) }}

with

changed_ledger_period as (
    select
        company_key,
        fiscal_year,
        fiscal_period
    from {{ ref('fct_journal_line') }}
    where journal_line_key in (select changed.journal_line_key from {{ ref('changed_journal_line') }} as changed)

    union

    select
        company_key_before as company_key,
        fiscal_year_before as fiscal_year,
        fiscal_period_before as fiscal_period
    from {{ ref('changed_journal_line') }}
    where company_key_before is not null
)

select * from changed_ledger_period
