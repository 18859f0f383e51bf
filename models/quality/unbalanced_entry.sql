{%- set changed = ref('changed_ledger_period') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, '(company_key, fiscal_year, fiscal_period)', ref('changed_ledger_period')) }}",
    meta={'made_of': ['journal_line']},
) }}
-- depends_on: {{ changed }}

with

line as {{ inlined() }} (
    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        line.document_number,
        line.amount_company,
        line.amount_group
    from {{ ref('fct_journal_line') }} as line
    {%- if is_incremental() %}
    inner join {{ changed }} as changed
        on
            line.company_key = changed.company_key
            and line.fiscal_year = changed.fiscal_year
            and line.fiscal_period = changed.fiscal_period
    {%- endif %}
),

-- Documents are looked at in the parts of a period only in which one is out of balance.
cell as (
    select
        company_key,
        fiscal_year,
        fiscal_period,
        {{ part_of_documents('document_number') }} as part
    from line
    group by company_key, fiscal_year, fiscal_period, part
    having
        sum(amount_company * {{ weight_of('document_number') }}) <> 0
        or sum(amount_group * {{ weight_of('document_number') }}) <> 0
),

unbalanced_entry as (
    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        line.document_number,
        cast(coalesce(sum(line.amount_company), 0) as decimal(18, 3)) as amount_company,
        cast(coalesce(sum(line.amount_group), 0) as decimal(18, 3)) as amount_group
    from line
    inner join cell
        on
            line.company_key = cell.company_key
            and line.fiscal_year = cell.fiscal_year
            and line.fiscal_period = cell.fiscal_period
            and {{ part_of_documents('line.document_number') }} = cell.part
    group by line.company_key, line.fiscal_year, line.fiscal_period, line.document_number
    having sum(line.amount_company) <> 0 or sum(line.amount_group) <> 0
)

select * from unbalanced_entry
