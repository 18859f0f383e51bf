{%- set documents = {
    'sales_order_line': 'order_number',
    'delivery_line': 'delivery_number',
    'invoice_line': 'invoice_number',
    'return_line': 'return_number',
} -%}
with

changed_document as (
    {%- for entity, number in documents.items() %}
    select {{ number }}_before as document_number from {{ ref('changed_' ~ entity) }}
    where {{ number }}_before is not null

    union

    select {{ number }} as document_number from {{ ref('fct_' ~ entity) }}
    where {{ entity }}_key in (select changed.{{ entity }}_key from {{ ref('changed_' ~ entity) }} as changed)

    union
    {% endfor %}
    select document_number from {{ ref('changed_payment') }}
),

changed_customer_event as (
    select document_number from changed_document
)

select * from changed_customer_event
