{#- Open items against the control accounts of the ledger, at the end of every period, in the company's currency. `partner_type` is
    customer or supplier, `items` the fact with the items. Compared document by document: what a document posted to the control
    accounts is what its items are worth; and items that are cleared together come to nothing. -#}
{% macro control_accounts_check(check_name, partner_type, items) -%}
with

posted as (
    select
        company_key,
        document_number,
        fiscal_year,
        posting_date as moved_date,
        sum(amount_company) as ledger_amount,
        0 as item_amount
    from {{ ref('fct_journal_line') }}
    where account_type = '{{ partner_type }}'
    group by company_key, document_number, fiscal_year, posting_date
),

-- An item counts from its posting until its clearing.
moved as (
    select * from posted

    union all

    select
        company_key,
        document_number,
        fiscal_year,
        posting_date as moved_date,
        0 as ledger_amount,
        amount_company as item_amount
    from {{ ref(items) }}

    union all

    select
        company_key,
        clearing_document_number as document_number,
        cast(null as integer) as fiscal_year,
        clearing_date as moved_date,
        0 as ledger_amount,
        -amount_company as item_amount
    from {{ ref(items) }}
    where clearing_date is not null
),

document as (
    select
        company_key,
        document_number,
        fiscal_year,
        moved_date,
        sum(ledger_amount) as ledger_amount,
        sum(item_amount) as item_amount
    from moved
    group by company_key, document_number, fiscal_year, moved_date
),

period as (
    select
        fiscal_calendar_code,
        fiscal_year,
        fiscal_period,
        period_start_date,
        period_end_date
    from {{ ref('book_period') }}
    where not is_special
),

company_period as (
    select
        moved_company.company_key,
        period.fiscal_year,
        period.fiscal_period,
        period.period_start_date,
        period.period_end_date
    from (
        select
            company_key,
            min(moved_date) as first_date
        from document
        group by company_key
    ) as moved_company
    inner join {{ ref('dim_company') }} as company on moved_company.company_key = company.company_key
    inner join period
        on company.fiscal_calendar_code = period.fiscal_calendar_code and moved_company.first_date <= period.period_end_date
),

in_period as (
    select
        company_period.company_key,
        company_period.period_end_date,
        sum(document.ledger_amount) as ledger_amount,
        sum(document.item_amount) as item_amount
    from company_period
    inner join document
        on
            company_period.company_key = document.company_key
            and document.moved_date between company_period.period_start_date and company_period.period_end_date
    group by company_period.company_key, company_period.period_end_date
),

balance as (
    select
        company_period.company_key,
        company_period.fiscal_year,
        company_period.fiscal_period,
        company_period.period_end_date,
        sum(coalesce(in_period.ledger_amount, 0)) over so_far as ledger_balance,
        sum(coalesce(in_period.item_amount, 0)) over so_far as item_balance
    from company_period
    left join in_period
        on company_period.company_key = in_period.company_key and company_period.period_end_date = in_period.period_end_date
    window so_far as (partition by company_period.company_key order by company_period.period_end_date)
),

differing as (
    select
        document.company_key,
        document.moved_date,
        {{ entry_name('company.company_code', 'document.document_number', 'coalesce(document.fiscal_year, extract(year from document.moved_date))') }}
            as document_name
    from document
    inner join {{ ref('dim_company') }} as company on document.company_key = company.company_key
    where document.ledger_amount <> document.item_amount
),

{{ check_name }} as (
    select
        '{{ check_name }}' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ period_text('balance.fiscal_year', 'balance.fiscal_period') }} as period,
        cast(balance.ledger_balance as decimal(18, 2)) as expected,
        cast(balance.item_balance as decimal(18, 2)) as actual,
        {{ list_text('differing.document_name') }} as documents
    from balance
    inner join {{ ref('dim_company') }} as company on balance.company_key = company.company_key
    left join differing
        on balance.company_key = differing.company_key and balance.period_end_date >= differing.moved_date
    group by
        company.company_code, balance.fiscal_year, balance.fiscal_period, balance.ledger_balance, balance.item_balance
)

select * from {{ check_name }}
{%- endmacro %}
