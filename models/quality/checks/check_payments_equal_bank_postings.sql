{{ config(materialized='view') }}

with

-- Money received is positive, money paid is negative, as on the bank account.
payment as (
    select
        company_key,
        fiscal_year,
        document_number,
        min(payment_date) as payment_date,
        sum(case direction when 'receipt' then amount_company else -amount_company end) as amount_company
    from {{ ref('fct_payment') }}
    group by company_key, fiscal_year, document_number
),

payment_type as (
    select distinct document_type
    from {{ ref('fct_payment') }}
),

-- Money that companies of the group pay each other settles no customer and no supplier.
banked as (
    select
        line.company_key,
        line.fiscal_year,
        line.document_number,
        min(line.posting_date) as posting_date,
        sum(line.amount_company) as amount_company
    from {{ ref('fct_journal_line') }} as line
    inner join payment_type on line.document_type = payment_type.document_type
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    inner join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    where role.cash_flow_activity = 'cash' and line.partner_company_key = -1
    group by line.company_key, line.fiscal_year, line.document_number
),

compared as (
    select
        coalesce(payment.company_key, banked.company_key) as company_key,
        coalesce(payment.fiscal_year, banked.fiscal_year) as fiscal_year,
        coalesce(payment.document_number, banked.document_number) as document_number,
        coalesce(banked.posting_date, payment.payment_date) as posting_date,
        coalesce(payment.amount_company, 0) as paid_amount,
        coalesce(banked.amount_company, 0) as banked_amount
    from payment
    full outer join banked
        on
            payment.company_key = banked.company_key
            and payment.fiscal_year = banked.fiscal_year
            and payment.document_number = banked.document_number
),

check_payments_equal_bank_postings as (
    select
        'payments_equal_bank_postings' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ period_text('calendar.fiscal_year', 'calendar.fiscal_period') }} as period,
        cast(sum(compared.paid_amount) as decimal(18, 2)) as expected,
        cast(sum(compared.banked_amount) as decimal(18, 2)) as actual,
        {{ list_text(
            entry_name('company.company_code', 'compared.document_number', 'compared.fiscal_year'),
            'compared.paid_amount <> compared.banked_amount'
        ) }} as documents
    from compared
    inner join {{ ref('dim_company') }} as company on compared.company_key = company.company_key
    inner join {{ ref('dim_fiscal_date') }} as calendar
        on company.fiscal_calendar_code = calendar.calendar_code and compared.posting_date = calendar.calendar_date
    group by company.company_code, calendar.fiscal_year, calendar.fiscal_period
)

select * from check_payments_equal_bank_postings
