{{ config(meta={'made_of': ['journal_line']}) }}

with

period_of_day as (
    select
        calendar_date,
        fiscal_year,
        fiscal_period
    from {{ ref('dim_date') }}
),

-- What the books say: the seller's receivables, revenue and its cost, and the buyer's payables. A credit of the payables is a purchase.
-- Two companies meet in the group's calendar: one with another is there by the day of posting.
booked as (
    select
        case when role.intercompany_role = 'payables' then line.partner_company_key else line.company_key end as seller_company_key,
        case when role.intercompany_role = 'payables' then line.company_key else line.partner_company_key end as buyer_company_key,
        line.document_currency,
        case when company.company_key is null then period_of_day.fiscal_year else line.fiscal_year end as fiscal_year,
        case when company.company_key is null then period_of_day.fiscal_period else line.fiscal_period end as fiscal_period,
        case when role.intercompany_role = 'receivables' then line.amount_document else 0 end as receivable_document,
        case when role.intercompany_role = 'receivables' then line.amount_group else 0 end as receivable_group,
        case when role.intercompany_role = 'payables' then -line.amount_document else 0 end as payable_document,
        case when role.intercompany_role = 'payables' then -line.amount_group else 0 end as payable_group,
        case when role.intercompany_role = 'revenue' then -line.amount_document else 0 end as revenue_document,
        case when role.intercompany_role = 'revenue' then -line.amount_group else 0 end as revenue_group,
        case when role.intercompany_role = 'cost_of_sales' then line.amount_document else 0 end as cost_document,
        case when role.intercompany_role = 'cost_of_sales' then line.amount_group else 0 end as cost_group,
        case when role.intercompany_role = 'payables' then greatest(-line.amount_document, 0) else 0 end as purchase_document,
        case when role.intercompany_role = 'payables' then greatest(-line.amount_group, 0) else 0 end as purchase_group,
        0 as in_transit_document,
        0 as in_transit_group,
        0 as overbilled_document,
        0 as overbilled_group
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    inner join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    left join period_of_day on line.posting_date = period_of_day.calendar_date
    left join {{ ref('dim_company') }} as company
        on line.company_key = company.company_key and company.fiscal_calendar_code = '{{ var("fiscal_calendar") }}'
    where line.partner_company_key <> -1 and role.intercompany_role is not null
),

-- What left the stock of one company for the purchase order of another.
shipped as (
    select
        movement.company_key as seller_company_key,
        purchase.company_key as buyer_company_key,
        purchase.purchase_order_line_key,
        purchase.document_currency,
        purchase.unit_price_document,
        purchase.exchange_rate_group,
        movement.posting_date,
        -movement.quantity * purchase.unit_price_document as in_transit_document
    from {{ ref('fct_stock_movement') }} as movement
    inner join {{ ref('fct_purchase_order_line') }} as purchase
        on movement.purchase_order_line_key = purchase.purchase_order_line_key and movement.company_key <> purchase.company_key
),

sold_line as (
    select distinct
        purchase_order_line_key,
        seller_company_key,
        buyer_company_key,
        document_currency,
        unit_price_document,
        exchange_rate_group
    from shipped
),

-- It is on its way until the buyer has the invoice in the books, in whatever currency and at whatever price that is.
transit as (
    select
        purchase_order_line_key,
        seller_company_key,
        buyer_company_key,
        document_currency,
        exchange_rate_group,
        posting_date,
        in_transit_document
    from shipped

    union all

    select
        sold_line.purchase_order_line_key,
        sold_line.seller_company_key,
        sold_line.buyer_company_key,
        sold_line.document_currency,
        sold_line.exchange_rate_group,
        invoice.posting_date,
        -invoice.quantity * sold_line.unit_price_document as in_transit_document
    from {{ ref('fct_supplier_invoice_line') }} as invoice
    inner join sold_line on invoice.purchase_order_line_key = sold_line.purchase_order_line_key
),

transit_day as (
    select
        purchase_order_line_key,
        seller_company_key,
        buyer_company_key,
        document_currency,
        exchange_rate_group,
        posting_date,
        sum(in_transit_document) as moved_document
    from transit
    group by all
),

uninvoiced as (
    select
        *,
        sum(moved_document) over (
            partition by purchase_order_line_key, seller_company_key order by posting_date
        ) as uninvoiced_document
    from transit_day
),

-- Line by line: what is invoiced beyond what left of one line does not take away from what is on its way of another.
told_apart as (
    select
        *,
        greatest(uninvoiced_document, 0) - greatest(uninvoiced_document - moved_document, 0) as in_transit_document,
        greatest(-uninvoiced_document, 0) - greatest(moved_document - uninvoiced_document, 0) as overbilled_document
    from uninvoiced
),

moved as (
    select * from booked

    union all

    select
        transit.seller_company_key,
        transit.buyer_company_key,
        transit.document_currency,
        period_of_day.fiscal_year,
        period_of_day.fiscal_period,
        0 as receivable_document,
        0 as receivable_group,
        0 as payable_document,
        0 as payable_group,
        0 as revenue_document,
        0 as revenue_group,
        0 as cost_document,
        0 as cost_group,
        0 as purchase_document,
        0 as purchase_group,
        transit.in_transit_document,
        transit.in_transit_document * transit.exchange_rate_group as in_transit_group,
        transit.overbilled_document,
        transit.overbilled_document * transit.exchange_rate_group as overbilled_group
    from told_apart as transit
    inner join period_of_day on transit.posting_date = period_of_day.calendar_date
),

intercompany_movement as (
    select
        seller_company_key,
        buyer_company_key,
        document_currency,
        fiscal_year,
        {%- for measure in ['receivable', 'payable', 'revenue', 'cost', 'purchase', 'in_transit', 'overbilled'] %}
        cast(sum({{ measure }}_document) as decimal(18, 2)) as {{ measure }}_amount_document,
        cast(sum({{ measure }}_group) as decimal(18, 2)) as {{ measure }}_amount_group,
        {%- endfor %}
        fiscal_period
    from moved
    group by seller_company_key, buyer_company_key, document_currency, fiscal_year, fiscal_period
)

select * from intercompany_movement
