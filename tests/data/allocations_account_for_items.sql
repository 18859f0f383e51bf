-- Every item that was cleared is in the allocations with what was owed: none is lost, none is there twice. What the facts have of
-- the other entities is compared document by document (check facts_equal_sources); asking the entity of allocations itself takes
-- longer than all others together, so that what it is made of is asked.
with

cleared_item as (
    {%- for items, sign in [('fct_receivable_item', 1), ('fct_payable_item', -1)] %}
    select {{ sign }} * amount_document as owed_amount
    from {{ ref(items) }}
    where
        item_type <> 'payment'
        and clearing_document_number is not null
        and not (document_number = clearing_document_number and posting_date = clearing_date)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

of_items as (
    select
        count(*) as row_count,
        cast(sum(owed_amount) as decimal(38, 2)) as total
    from cleared_item
),

of_allocations as (
    select
        count(*) as row_count,
        cast(sum(cleared_amount_document) as decimal(38, 2)) as total
    from {{ ref('fct_payment_allocation') }}
)

select
    of_items.row_count as item_rows,
    of_allocations.row_count as allocation_rows,
    of_items.total as item_total,
    of_allocations.total as allocation_total
from of_items
cross join of_allocations
where of_items.row_count <> of_allocations.row_count or of_items.total is distinct from of_allocations.total
