{{ config(materialized='view') }}

with

company as (
    select * from {{ ref('dim_company') }}
),

-- A goods movement is posted with a number of its own and names the document of the movement; a new price is a posting only.
posted as (
    select
        line.company_key,
        case when line.source_document_type = 'MKPF' then line.source_document_number else line.document_number end as document_number,
        line.source_document_type = 'MKPF' as is_movement,
        extract(year from line.posting_date) as posting_year,
        min(concat(line.fiscal_year, '-', lpad(cast(line.fiscal_period as varchar), 2, '0'))) as period,
        sum(line.amount_company) as posted_value
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    where account.line_code = 'inventories'
    group by all
),

moved as (
    select
        movement.company_key,
        movement.document_number,
        movement.movement_kind <> 'revaluation' as is_movement,
        extract(year from movement.posting_date) as posting_year,
        min(concat(calendar.fiscal_year, '-', lpad(cast(calendar.fiscal_period as varchar), 2, '0'))) as period,
        sum(movement.stock_value_company) as moved_value
    from {{ ref('fct_stock_movement') }} as movement
    inner join company on movement.company_key = company.company_key
    inner join {{ ref('dim_fiscal_date') }} as calendar
        on company.fiscal_calendar_code = calendar.calendar_code and movement.posting_date = calendar.calendar_date
    group by all
),

document as (
    select
        coalesce(posted.company_key, moved.company_key) as company_key,
        coalesce(posted.period, moved.period) as period,
        concat_ws(
            '/',
            case when not coalesce(posted.is_movement, moved.is_movement) then company.company_code end,
            coalesce(posted.document_number, moved.document_number),
            coalesce(posted.posting_year, moved.posting_year)
        ) as document,
        coalesce(posted.posted_value, 0) as posted_value,
        coalesce(moved.moved_value, 0) as moved_value
    from posted
    full join moved
        on
            posted.company_key = moved.company_key
            and posted.document_number = moved.document_number
            and posted.is_movement = moved.is_movement
            and posted.posting_year = moved.posting_year
    left join company on coalesce(posted.company_key, moved.company_key) = company.company_key
),

balance as (
    select
        company_key,
        period,
        sum(sum(posted_value)) over (partition by company_key order by period) as expected,
        sum(sum(moved_value)) over (partition by company_key order by period) as actual
    from document
    group by company_key, period
),

-- A document that differs explains the balances of its period and of all that follow.
broken as (
    select
        balance.company_key,
        balance.period,
        {{ list_text('document.document') }} as documents
    from balance
    inner join document on balance.company_key = document.company_key and balance.period >= document.period
    where document.posted_value <> document.moved_value
    group by balance.company_key, balance.period
),

check_stock_value_equals_stock_accounts as (
    select
        'stock_value_equals_stock_accounts' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        balance.period,
        cast(balance.expected as decimal(18, 2)) as expected,
        cast(balance.actual as decimal(18, 2)) as actual,
        broken.documents
    from balance
    left join company on balance.company_key = company.company_key
    left join broken on balance.company_key = broken.company_key and balance.period = broken.period
)

select * from check_stock_value_equals_stock_accounts
