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
    'payment_allocation': 'cleared_amount_document',
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

account as (
    {%- for entity, measure in facts.items() %}
    {%- set of_entity, of_fact = (measure, measure) if measure is string else (measure or ('null', 'null')) %}
    select
        'fct_{{ entity }}' as fact,
        entity.row_count as entity_rows,
        fact.row_count as fact_rows,
        entity.total as entity_total,
        fact.total as fact_total
    from (
        select
            count(*) as row_count,
            cast(sum({{ of_entity }}) as decimal(38, 2)) as total
        from {{ ref(entity) }}
        where not is_deleted
    ) as entity
    cross join (
        select
            count(*) as row_count,
            cast(sum({{ of_fact }}) as decimal(38, 2)) as total
        from {{ ref('fct_' ~ entity) }}
    ) as fact
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from account
where entity_rows <> fact_rows or entity_total is distinct from fact_total
