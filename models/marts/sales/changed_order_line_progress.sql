{{ config(materialized='table', meta={'made_of': ['delivery_line', 'invoice_line']}) }}

{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'sales', 'order_line_progress') %}

with

-- The invoices whose receivables changed: those that the items belong to now, and those that they belonged to before.
invoice_document as (
    select
        company_key,
        coalesce(invoice_fiscal_year, fiscal_year) as fiscal_year,
        coalesce(invoice_document_number, document_number) as document_number
    from {{ ref('fct_receivable_item') }}
    where receivable_item_key in (select changed.receivable_item_key from {{ ref('changed_receivable_item') }} as changed)

    union

    select
        company_key_before as company_key,
        coalesce(invoice_fiscal_year_before, fiscal_year_before) as fiscal_year,
        coalesce(invoice_document_number_before, document_number_before) as document_number
    from {{ ref('changed_receivable_item') }}
),

entry as (
    select
        entry.source_system,
        entry.source_id
    from {{ ref('fct_journal_entry') }} as entry
    inner join invoice_document as document
        on entry.fiscal_year = document.fiscal_year and entry.document_number = document.document_number

    union

    select
        source_system,
        source_id
    from {{ ref('changed_journal_entry') }}
),

changed as (
    select sales_order_line_key from {{ ref('changed_sales_order_line') }}

    union

    select sales_order_line_key_before as sales_order_line_key from {{ ref('changed_delivery_line') }}

    union

    select sales_order_line_key from {{ ref('fct_delivery_line') }}
    where delivery_line_key in (select changed.delivery_line_key from {{ ref('changed_delivery_line') }} as changed)

    union

    select sales_order_line_key_before as sales_order_line_key from {{ ref('changed_invoice_line') }}

    union

    select sales_order_line_key from {{ ref('fct_invoice_line') }}
    where invoice_line_key in (select changed.invoice_line_key from {{ ref('changed_invoice_line') }} as changed)

    union

    select line.sales_order_line_key
    from {{ ref('fct_invoice_line') }} as line
    inner join entry on line.source_system = entry.source_system and line.journal_entry_source_id = entry.source_id
),

changed_order_line_progress as (
    select
        changed.sales_order_line_key,
        {%- if before %}
        before.delivered_date as delivered_date_before,
        before.invoiced_date as invoiced_date_before,
        before.paid_date as paid_date_before
        {%- else %}
        cast(null as date) as delivered_date_before,
        cast(null as date) as invoiced_date_before,
        cast(null as date) as paid_date_before
        {%- endif %}
    from changed
    {%- if before %}
    left join {{ before }} as before on changed.sales_order_line_key = before.sales_order_line_key
    {%- endif %}
    where
        changed.sales_order_line_key is not null
        {%- if not before %}
        and false
        {%- endif %}
)

select * from changed_order_line_progress
