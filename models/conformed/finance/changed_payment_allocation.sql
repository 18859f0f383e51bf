{{ config(materialized='table', meta={'made_of': ['payment_allocation']}) }}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'fct_payment_allocation') -%}
{%- set after = after_batch() %}

with

changed_item as (
    select
        source_system,
        source_id,
        document_number,
        clearing_document_number
    from {{ ref('receivable_item') }}
    where _batch_id > {{ after_batch(of_rows=true) }}

    union all

    select
        source_system,
        source_id,
        document_number,
        clearing_document_number
    from {{ ref('payable_item') }}
    where _batch_id > {{ after_batch(of_rows=true) }}
),

allocation_now_or_before as (
    select
        source_system,
        source_id,
        item_source_id,
        clearing_document_number,
        payment_document_number,
        _batch_id
    from {{ ref('payment_allocation') }}
    {%- if not before %}
    where false
    {%- else %}

    union all

    select
        source_system,
        source_id,
        item_source_id,
        clearing_document_number,
        payment_document_number,
        cast(null as integer) as _batch_id
    from {{ before }}
    {%- endif %}
),

-- All that one document clears is made anew together: where an item joins or leaves, the shares of the others change.
touched_document as (
    select
        source_system,
        document_number
    from changed_item

    union

    select
        source_system,
        clearing_document_number as document_number
    from changed_item

    union

    select
        before.source_system,
        before.clearing_document_number as document_number
    from allocation_now_or_before as before
    inner join changed_item on before.source_system = changed_item.source_system and before.item_source_id = changed_item.source_id

    union

    select
        source_system,
        document_number
    from {{ ref('changed_payment') }}

    union

    select
        source_system,
        clearing_document_number as document_number
    from {{ ref('payment_allocation') }} as allocation
    where
        _batch_id > {{ after }}
        {%- for relation, meeting, date in [
            ('company', {'source_system': 'source_system', 'company_code': 'company_code'}, none),
            ('changed_customer_key', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, none),
            ('changed_customer_version', {'source_system': 'source_system', 'customer_source_id': 'source_id'}, 'clearing_date'),
            ('exchange_rate_day', {'clearing_date': 'rate_date'}, none),
        ] %}
        or {{ looks_up_news('allocation', relation, meeting, date) }}
        {%- endfor %}
),

-- A payment that several documents clear has one discount for all that it pays.
touched_payment as (
    select
        source_system,
        document_number
    from touched_document

    union

    select
        allocation.source_system,
        allocation.payment_document_number as document_number
    from allocation_now_or_before as allocation
    inner join touched_document as touched
        on
            allocation.source_system = touched.source_system
            and allocation.clearing_document_number = touched.document_number
    where allocation.payment_document_number is not null
),

-- By one number and by the other: to ask for either in one join compares every pair of rows.
touched_allocation as (
    {%- for number in ['clearing_document_number', 'payment_document_number'] %}
    select
        allocation.source_system,
        allocation.source_id,
        allocation._batch_id
    from allocation_now_or_before as allocation
    inner join touched_payment as touched
        on allocation.source_system = touched.source_system and allocation.{{ number }} = touched.document_number
    {%- if not before %}
    where false
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

changed_payment_allocation as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as payment_allocation_key,
        source_system,
        source_id,
        max(_batch_id) as _batch_id
    from touched_allocation
    group by source_system, source_id
)

select * from changed_payment_allocation
