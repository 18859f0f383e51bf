{%- set changed = ref('changed_order_line_progress') -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'sales_order_line_key', ref('changed_order_line_progress')) }}",
    meta={'made_of': ['invoice_line']},
) }}
-- depends_on: {{ changed }}

with

-- An invoice that was cancelled and its cancellation take each other's quantity away, and are no step; nor are credit notes.
invoice_line as (
    select
        line.sales_order_line_key,
        line.company_key,
        entry.fiscal_year,
        entry.document_number,
        line.invoice_type = 'invoice' and not line.is_cancelled as is_standing,
        case when line.invoice_type = 'invoice' and not line.is_cancelled then line.invoice_date end as invoice_date,
        line.quantity,
        line.net_amount_group
    from {{ ref('fct_invoice_line') }} as line
    left join {{ ref('fct_journal_entry') }} as entry
        on line.source_system = entry.source_system and line.journal_entry_source_id = entry.source_id
    where
        line.invoice_type in ('invoice', 'invoice_cancellation')
        {%- if is_incremental() %}
        and line.sales_order_line_key in (select changed.sales_order_line_key from {{ changed }} as changed)
        {%- else %}
        and line.sales_order_line_key is not null
        {%- endif %}
),

-- An invoice that was paid in part lives on in what is left of it.
receivable as (
    select
        company_key,
        coalesce(invoice_fiscal_year, fiscal_year) as fiscal_year,
        coalesce(invoice_document_number, document_number) as document_number,
        max(due_date) filter (where item_type = 'invoice') as payment_due_date,
        count(*) filter (where is_open) = 0 as is_paid,
        max(clearing_date) as paid_date
    from {{ ref('fct_receivable_item') }}
    where
        item_type in ('invoice', 'residual')
        {%- if is_incremental() %}
        and coalesce(invoice_document_number, document_number) in (select line.document_number from invoice_line as line)
        {%- else %}
        and document_number is not null
        {%- endif %}
    group by all
),

order_invoice_progress as (
    select
        line.sales_order_line_key,
        cast(sum(line.quantity) as decimal(18, 3)) as invoiced_quantity,
        cast(sum(line.net_amount_group) as decimal(18, 2)) as invoiced_amount_group,
        min(line.invoice_date) as first_invoice_date,
        max(line.invoice_date) as last_invoice_date,
        max(receivable.payment_due_date) filter (where line.is_standing) as payment_due_date,
        count(*) filter (where line.is_standing and receivable.is_paid is not true) = 0 as is_paid,
        max(receivable.paid_date) filter (where line.is_standing) as paid_date
    from invoice_line as line
    left join receivable
        on
            line.company_key = receivable.company_key
            and line.fiscal_year = receivable.fiscal_year
            and line.document_number = receivable.document_number
    group by line.sales_order_line_key
)

select * from order_invoice_progress
