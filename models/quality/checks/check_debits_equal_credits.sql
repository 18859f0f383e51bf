{{ config(materialized='view') }}

with

-- Documents are looked at in the parts of a period only in which one is out of balance.
cell as (
    select
        line.company_key,
        line.fiscal_year,
        line.fiscal_period,
        company.company_code,
        {{ part_of_documents('line.document_number') }} as part,
        sum(greatest(line.amount_company, 0)) as debit_company,
        sum(greatest(-line.amount_company, 0)) as credit_company,
        sum(greatest(line.amount_group, 0)) as debit_group,
        sum(greatest(-line.amount_group, 0)) as credit_group,
        sum(line.amount_company * {{ weight_of('line.document_number') }}) <> 0 as is_company_unbalanced,
        sum(line.amount_group * {{ weight_of('line.document_number') }}) <> 0 as is_group_unbalanced
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_company') }} as company on line.company_key = company.company_key
    group by line.company_key, line.fiscal_year, line.fiscal_period, company.company_code, part
),

unbalanced as (
    select * from cell
    where is_company_unbalanced or is_group_unbalanced
),

entry as (
    select
        unbalanced.company_code,
        line.fiscal_year,
        line.fiscal_period,
        {{ entry_name('unbalanced.company_code', 'line.document_number', 'line.fiscal_year') }} as entry_name,
        sum(line.amount_company) <> 0 as is_company_unbalanced,
        sum(line.amount_group) <> 0 as is_group_unbalanced
    from {{ ref('fct_journal_line') }} as line
    inner join unbalanced
        on
            line.company_key = unbalanced.company_key
            and line.fiscal_year = unbalanced.fiscal_year
            and line.fiscal_period = unbalanced.fiscal_period
            and {{ part_of_documents('line.document_number') }} = unbalanced.part
    group by line.company_key, unbalanced.company_code, line.fiscal_year, line.fiscal_period, line.document_number
),

of_company as (
    select
        company_code,
        fiscal_year,
        fiscal_period,
        {{ list_text('entry_name', 'is_company_unbalanced') }} as documents
    from entry
    group by company_code, fiscal_year, fiscal_period
),

of_group as (
    select
        fiscal_year,
        fiscal_period,
        {{ list_text('entry_name', 'is_group_unbalanced') }} as documents
    from entry
    group by fiscal_year, fiscal_period
),

-- Each company in its own currency, and all of them in the group's.
check_debits_equal_credits as (
    select
        'debits_equal_credits' as check_name,
        coalesce(cell.company_code, 'unknown') as company,
        {{ period_text('cell.fiscal_year', 'cell.fiscal_period') }} as period,
        cast(sum(cell.debit_company) as decimal(18, 2)) as expected,
        cast(sum(cell.credit_company) as decimal(18, 2)) as actual,
        max(of_company.documents) as documents
    from cell
    left join of_company
        on
            cell.company_code is not distinct from of_company.company_code
            and cell.fiscal_year = of_company.fiscal_year
            and cell.fiscal_period = of_company.fiscal_period
    group by cell.company_code, cell.fiscal_year, cell.fiscal_period

    union all

    select
        'debits_equal_credits' as check_name,
        cast(null as varchar) as company,
        {{ period_text('cell.fiscal_year', 'cell.fiscal_period') }} as period,
        cast(sum(cell.debit_group) as decimal(18, 2)) as expected,
        cast(sum(cell.credit_group) as decimal(18, 2)) as actual,
        max(of_group.documents) as documents
    from cell
    left join of_group on cell.fiscal_year = of_group.fiscal_year and cell.fiscal_period = of_group.fiscal_period
    group by cell.fiscal_year, cell.fiscal_period
)

select * from check_debits_equal_credits
