-- Every living row of an entity is in its fact once, with the same amount in the document's currency (or quantity): no join of a
-- fact loses or repeats any.
{%- set facts = {
    'campaign_touch': none,
    'case': none,
    'interaction': none,
    'lead': none,
    'opportunity': 'amount_document',
    'quote_line': 'net_amount_document',
    'budget_line': ('amount', 'amount_document'),
    'journal_entry': none,
    'journal_line': 'amount_document',
    'payable_item': 'amount_document',
    'payment': 'amount_document',
    'receivable_item': 'amount_document',
    'delivery_line': 'quantity',
    'invoice_line': 'net_amount_document',
    'return_line': 'net_amount_document',
    'sales_order_line': 'net_amount_document',
    'stock_movement': 'quantity',
    'payroll_cost': 'gross_pay_document',
    'goods_receipt_line': 'net_amount_document',
    'purchase_order_line': 'net_amount_document',
    'supplier_invoice_line': 'net_amount_document',
    'production_order': 'planned_quantity',
} %}

with

-- What the entity of allocations is made of, without asking it: that takes longer than all others together.
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

of_entity as (
    {%- for entity, measure in facts.items() %}
    {%- set of_entity = measure if measure is string else (measure[0] if measure else 'null') %}
    select
        'fct_{{ entity }}' as fact,
        count(*) as row_count,
        cast(sum({{ of_entity }}) as decimal(38, 2)) as total
    from {{ ref(entity) }}
    where not is_deleted

    union all
    {% endfor %}
    select
        'fct_payment_allocation' as fact,
        count(*) as row_count,
        cast(sum(owed_amount) as decimal(38, 2)) as total
    from cleared_item
),

of_fact as (
    {%- for entity, measure in facts.items() %}
    {%- set of_fact = measure if measure is string else (measure[1] if measure else 'null') %}
    select
        'fct_{{ entity }}' as fact,
        count(*) as row_count,
        cast(sum({{ of_fact }}) as decimal(38, 2)) as total
    from {{ ref('fct_' ~ entity) }}

    union all
    {% endfor %}
    select
        'fct_payment_allocation' as fact,
        count(*) as row_count,
        cast(sum(cleared_amount_document) as decimal(38, 2)) as total
    from {{ ref('fct_payment_allocation') }}
)

select
    of_entity.fact,
    of_entity.row_count as entity_rows,
    of_fact.row_count as fact_rows,
    of_entity.total as entity_total,
    of_fact.total as fact_total
from of_entity
inner join of_fact on of_entity.fact = of_fact.fact
where of_entity.row_count <> of_fact.row_count or of_entity.total is distinct from of_fact.total
