{{ config(materialized='view') }}

with

invoice as (
    select
        company_key,
        invoice_number,
        min(invoice_date) as invoice_date,
        cast(sum(net_amount_document) as decimal(18, 3)) as amount_document,
        cast(sum(net_amount_company) as decimal(18, 3)) as amount_company
    from {{ ref('fct_invoice_line') }}
    group by company_key, invoice_number
),

posted as (
    select
        line.company_key,
        line.source_document_number,
        line.source_document_type,
        min(line.posting_date) as posting_date,
        cast(sum(-line.amount_document) as decimal(18, 3)) as amount_document,
        cast(sum(-line.amount_company) as decimal(18, 3)) as amount_company
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    inner join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    where role.working_capital_role = 'revenue'
    group by line.company_key, line.source_document_number, line.source_document_type
),

-- What invoices are called as the source of an entry. Numbers of entries made by hand may be those of invoices, by chance: the type
-- that most invoices have is it.
invoice_type as (
    select posted.source_document_type
    from posted
    inner join invoice on posted.company_key = invoice.company_key and posted.source_document_number = invoice.invoice_number
    group by posted.source_document_type
    order by count(*) desc, posted.source_document_type
    limit 1
),

posted_invoice as (
    select posted.*
    from posted
    inner join invoice_type on posted.source_document_type = invoice_type.source_document_type
),

-- Compared in the currency of the document, in which both are exact; counted in the company's.
compared as (
    select
        coalesce(invoice.company_key, posted_invoice.company_key) as company_key,
        coalesce(invoice.invoice_number, posted_invoice.source_document_number) as invoice_number,
        coalesce(posted_invoice.posting_date, invoice.invoice_date) as posting_date,
        coalesce(invoice.amount_document, 0) <> coalesce(posted_invoice.amount_document, 0) as is_different,
        coalesce(invoice.amount_company, 0) as invoice_amount,
        coalesce(posted_invoice.amount_company, 0) as posted_amount
    from invoice
    full outer join posted_invoice
        on invoice.company_key = posted_invoice.company_key and invoice.invoice_number = posted_invoice.source_document_number
),

check_invoices_equal_revenue_postings as (
    select
        'invoices_equal_revenue_postings' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ period_text('calendar.fiscal_year', 'calendar.fiscal_period') }} as period,
        cast(
            sum(case when compared.is_different then compared.invoice_amount else compared.posted_amount end) as decimal(18, 2)
        ) as expected,
        cast(sum(compared.posted_amount) as decimal(18, 2)) as actual,
        {{ list_text('compared.invoice_number', 'compared.is_different') }} as documents
    from compared
    inner join {{ ref('dim_company') }} as company on compared.company_key = company.company_key
    inner join {{ ref('dim_fiscal_date') }} as calendar
        on company.fiscal_calendar_code = calendar.calendar_code and compared.posting_date = calendar.calendar_date
    group by company.company_code, calendar.fiscal_year, calendar.fiscal_period
)

select * from check_invoices_equal_revenue_postings
