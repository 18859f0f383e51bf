{{ config(meta={'made_of': ['supplier_invoice_line']}) }}

with

line as (
    select * from {{ ref('fct_supplier_invoice_line') }}
    where purchase_order_line_key is not null
),

-- An invoice is entered with one number and posted with another.
entry as (
    select distinct
        company_key,
        source_system,
        fiscal_year,
        source_document_number,
        document_number
    from {{ ref('fct_journal_line') }}
    where source_document_type = 'RMRP'
),

owed as (
    select
        entry.company_key,
        entry.source_system,
        entry.fiscal_year,
        entry.source_document_number,
        max(item.due_date) as due_date,
        case when bool_and(not item.is_open) then max(item.clearing_date) end as paid_date
    from entry
    inner join {{ ref('fct_payable_item') }} as item
        on
            entry.company_key = item.company_key
            and entry.source_system = item.source_system
            and entry.fiscal_year = item.fiscal_year
            and entry.document_number = item.document_number
    where item.item_type = 'invoice'
    group by entry.company_key, entry.source_system, entry.fiscal_year, entry.source_document_number
),

purchase_invoice_progress as (
    select
        line.purchase_order_line_key,
        min(line.posting_date) filter (where not line.is_reversal) as first_invoice_date,
        max(line.posting_date) filter (where not line.is_reversal) as last_invoice_date,
        count(distinct line.document_number) as invoices,
        cast(sum(line.quantity) as decimal(18, 3)) as invoiced_quantity,
        cast(sum(line.net_amount_document) as decimal(18, 2)) as invoiced_amount_document,
        cast({{ whole_sum('line.net_amount_group') }} as decimal(18, 2)) as invoiced_amount_group,
        max(line.document_currency) as invoice_currency,
        max(owed.due_date) as due_date,
        case when count(*) filter (where owed.paid_date is null and not line.is_reversal) = 0 then max(owed.paid_date) end as paid_date
    from line
    left join owed
        on
            line.company_key = owed.company_key
            and line.source_system = owed.source_system
            and line.fiscal_year = owed.fiscal_year
            and line.document_number = owed.source_document_number
    group by line.purchase_order_line_key
)

select * from purchase_invoice_progress
