{{ config(meta={'made_of': ['journal_line', 'invoice_line']}) }}

with

-- Revenue with third parties, as the ledger has it, by the document that it comes from.
posted as (
    select
        line.company_key,
        line.source_document_number as invoice_number,
        cast(date_trunc('month', line.posting_date) as date) as posting_month,
        sum(-line.amount_company) as amount_company,
        sum(-line.amount_group) as amount_group
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    inner join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    where role.working_capital_role = 'revenue'
    group by line.company_key, line.source_document_number, posting_month
),

-- An invoice is posted once; should it be posted in several months, it counts in the first.
posting as (
    select
        company_key,
        invoice_number,
        min(posting_month) as posting_month
    from posted
    group by company_key, invoice_number
),

invoiced as (
    select
        invoice.company_key,
        posting.posting_month,
        cast(date_trunc('month', invoice.invoice_date) as date) as invoice_month,
        cast(date_trunc('month', sales_order.order_date) as date) as order_month,
        sum(invoice.net_amount_company) as amount_company,
        sum(invoice.net_amount_group) as amount_group
    from {{ ref('fct_invoice_line') }} as invoice
    left join posting
        on invoice.company_key = posting.company_key and invoice.invoice_number = posting.invoice_number
    left join {{ ref('fct_sales_order_line') }} as sales_order
        on invoice.sales_order_line_key = sales_order.sales_order_line_key
    group by invoice.company_key, posting.posting_month, invoice_month, order_month
),

-- What the ledger has besides the invoices: discounts that were granted, entries by hand, exchange rates that were rounded.
ledger as (
    select
        company_key,
        posting_month,
        sum(amount_company) as amount_company,
        sum(amount_group) as amount_group
    from posted
    group by company_key, posting_month
),

of_invoices as (
    select
        company_key,
        posting_month,
        sum(amount_company) as amount_company,
        sum(amount_group) as amount_group
    from invoiced
    group by company_key, posting_month
),

besides as (
    select
        ledger.company_key,
        ledger.posting_month,
        cast(null as date) as invoice_month,
        cast(null as date) as order_month,
        ledger.amount_company - coalesce(of_invoices.amount_company, 0) as amount_company,
        ledger.amount_group - coalesce(of_invoices.amount_group, 0) as amount_group
    from ledger
    left join of_invoices on ledger.company_key = of_invoices.company_key and ledger.posting_month = of_invoices.posting_month
),

every_part as (
    select * from invoiced

    union all

    select * from besides
    where amount_company <> 0 or amount_group <> 0
),

revenue_recognised_month as (
    select
        every_part.company_key,
        company.company_code,
        company.company_name,
        company.company_currency,
        every_part.posting_month,
        every_part.invoice_month,
        every_part.order_month,
        every_part.posting_month is not null as is_recognised,
        cast(every_part.amount_company as decimal(18, 2)) as revenue_amount_company,
        cast(every_part.amount_group as decimal(18, 2)) as revenue_amount_group
    from every_part
    inner join {{ ref('dim_company') }} as company on every_part.company_key = company.company_key
)

select * from revenue_recognised_month
