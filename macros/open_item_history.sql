{#- The model `<item>_history`: the items of fct_<item> with the days on which they were open, and the invoice that each belongs to.
    `partner_key` is the key of who owes or is owed. -#}
{% macro open_item_history(item, partner_key) -%}
with

-- A part payment, a credit or what a short payment left over is as old as the invoice that it names.
item as (
    select
        *,
        case when item_type <> 'invoice' then invoice_document_number end as aged_by_document_number
    from {{ ref('fct_' ~ item) }}
    where
        (clearing_date is null or clearing_date > posting_date)
        {%- if is_incremental() %}
        and {{ item }}_key in ({{ touched_open_items(item) }})
        {%- endif %}
),

invoice as (
    select
        company_key,
        {{ partner_key }},
        fiscal_year,
        document_number,
        min(due_date) as due_date
    from {{ ref('fct_' ~ item) }}
    where
        item_type = 'invoice'
        {%- if is_incremental() %}
        and document_number in (select item.aged_by_document_number from item)
        {%- endif %}
    group by company_key, {{ partner_key }}, fiscal_year, document_number
),

{{ item }}_history as (
    select
        item.{{ item }}_key,
        item.company_key,
        item.{{ partner_key }},
        item.account_key,
        item.source_system,
        item.source_id,
        item.fiscal_year,
        item.document_number,
        item.line_number,
        item.document_type,
        item.item_type,
        item.invoice_document_number,
        item.invoice_fiscal_year,
        item.reference_number,
        item.document_date,
        item.posting_date,
        item.clearing_date,
        item.posting_date as valid_from,
        coalesce(item.clearing_date, date '9999-12-31') as valid_to,
        item.due_date,
        coalesce(invoice.due_date, item.due_date) as ageing_due_date,
        item.document_currency,
        item.company_currency,
        item.amount_document,
        item.amount_company,
        item.amount_group
    from item
    left join invoice
        on
            item.company_key = invoice.company_key
            and item.{{ partner_key }} = invoice.{{ partner_key }}
            and item.invoice_fiscal_year = invoice.fiscal_year
            and item.aged_by_document_number = invoice.document_number
)

select * from {{ item }}_history
{%- endmacro %}
