{{ config(materialized='table', meta={'made_of': ['payment']}) }}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'fct_payment') -%}
{%- set after = after_batch() %}

with

-- A payment is made of the lines of a document. A line that is gone may say nothing but its key, which names the document.
-- News of currencies and accounts is rare, and concerns all.
touched_document as (
    select
        source_system,
        document_number
    from {{ ref('journal_line') }}
    where _batch_id > {{ after_batch(of_rows=true) }}

    union

    select
        source_system,
        document_number
    from {{ ref('payment') }} as payment
    where
        _batch_id > {{ after }}
        or {{ after }} < (select max(looked_up._batch_id) from {{ ref('currency_decimals') }} as looked_up)
        or {{ after }} < (select max(looked_up._batch_id) from {{ ref('gl_account') }} as looked_up)
        {%- for relation, meeting, date in [
            ('company', {'source_system': 'source_system', 'company_code': 'company_code'}, none),
            ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, none),
            ('changed_customer_version', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, 'payment_date'),
        ] %}
        or {{ looks_up_news('payment', relation, meeting, date) }}
        {%- endfor %}
),

payment_now_or_before as (
    select
        source_system,
        source_id,
        document_number,
        _batch_id
    from {{ ref('payment') }}
    {%- if not before %}
    where false
    {%- else %}

    union all

    select
        source_system,
        source_id,
        document_number,
        cast(null as integer) as _batch_id
    from {{ before }}
    {%- endif %}
),

changed_payment as (
    select
        {{ surrogate_key(['payment.source_system', 'payment.source_id']) }} as payment_key,
        payment.source_system,
        payment.source_id,
        payment.document_number,
        max(payment._batch_id) as _batch_id
    from payment_now_or_before as payment
    inner join touched_document as touched
        on payment.source_system = touched.source_system and payment.document_number = touched.document_number
    group by payment.source_system, payment.source_id, payment.document_number
)

select * from changed_payment
