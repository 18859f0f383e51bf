{%- set changed = ref('changed_ledger_period') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, '(company_key, fiscal_year, fiscal_period)', ref('changed_ledger_period')) }}",
    meta={'made_of': ['journal_line']},
) }}
-- depends_on: {{ changed }}

with

ledger_period as (
    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        cast(sum(greatest(line.amount_company, 0)) as decimal(18, 3)) as debit_amount_company,
        cast(sum(greatest(-line.amount_company, 0)) as decimal(18, 3)) as credit_amount_company,
        cast(sum(greatest(line.amount_group, 0)) as decimal(18, 3)) as debit_amount_group,
        cast(sum(greatest(-line.amount_group, 0)) as decimal(18, 3)) as credit_amount_group
    from {{ ref('fct_journal_line') }} as line
    {%- if is_incremental() %}
    inner join {{ changed }} as changed
        on
            line.company_key = changed.company_key
            and line.fiscal_year = changed.fiscal_year
            and line.fiscal_period = changed.fiscal_period
    {%- endif %}
    group by line.company_key, line.fiscal_year, line.fiscal_period
)

select * from ledger_period
