{{ config(materialized='table') }}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'staging', 'stg_sap__payment_allocation') -%}
{%- set items = [('customer', 'stg_sap__receivable_item'), ('supplier', 'stg_sap__payable_item')] %}

with

news_item as (
    {%- for partner_type, relation in items %}
    select
        concat_ws('/', '{{ partner_type }}', source_id) as allocation_source_id,
        company_code,
        document_number,
        clearing_document_number
    from {{ ref(relation) }}
    where _batch_id > {{ after_batch(of_rows=true) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

payment_item as (
    {%- for _, relation in items %}
    select
        company_code,
        document_number,
        clearing_document_number
    from {{ ref(relation) }}
    where item_type = 'payment' and clearing_document_number is not null and not is_deleted
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

allocation_before as (
    {%- if before %}
    select
        source_id,
        company_code,
        clearing_document_number,
        clearing_payment_document_number as payment_document_number
    from {{ before }}
    {%- else %}
    select
        cast(null as varchar) as source_id,
        cast(null as varchar) as company_code,
        cast(null as varchar) as clearing_document_number,
        cast(null as varchar) as payment_document_number
    where false
    {%- endif %}
),

-- A document with news may clear items, it may be cleared, or be a payment whose discount they share.
touched_document as (
    select
        company_code,
        document_number
    from news_item

    union

    select
        company_code,
        clearing_document_number as document_number
    from news_item
    where clearing_document_number is not null

    union

    {{ sap_payment_documents_with_news('company_code, document_number') }}
),

clearing_document as (
    select
        company_code,
        document_number
    from touched_document

    union

    select
        item.company_code,
        item.clearing_document_number as document_number
    from payment_item as item
    inner join touched_document as touched
        on item.company_code = touched.company_code and item.document_number = touched.document_number

    union

    select
        before.company_code,
        before.clearing_document_number as document_number
    from allocation_before as before
    inner join touched_document as touched
        on before.company_code = touched.company_code and before.payment_document_number = touched.document_number

    union

    select
        before.company_code,
        before.clearing_document_number as document_number
    from allocation_before as before
    where before.source_id in (select news_item.allocation_source_id from news_item)
),

-- A payment on account may be cleared in parts, by several documents: all that it pays shares its discount.
payment_document as (
    select
        item.company_code,
        item.document_number
    from payment_item as item
    inner join clearing_document as clearing
        on item.company_code = clearing.company_code and item.clearing_document_number = clearing.document_number

    union

    select
        before.company_code,
        before.payment_document_number as document_number
    from allocation_before as before
    inner join clearing_document as clearing
        on before.company_code = clearing.company_code and before.clearing_document_number = clearing.document_number
    where before.payment_document_number is not null
),

-- More is read than is made: of a payment whose allocations are made anew, all are there.
read_document as (
    select
        company_code,
        document_number
    from clearing_document

    union

    select
        item.company_code,
        item.clearing_document_number as document_number
    from payment_item as item
    inner join payment_document as payment
        on item.company_code = payment.company_code and item.document_number = payment.document_number
),

document as (
    {%- for role, documents in [('clears', 'clearing_document'), ('pays', 'payment_document'), ('is_read', 'read_document')] %}
    select
        company_code,
        document_number,
        '{{ role }}' as role
    from {{ documents }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

changed_sap__clearing as (
    select * from document
    {%- if not before %}
    where false
    {%- endif %}
)

select * from changed_sap__clearing
