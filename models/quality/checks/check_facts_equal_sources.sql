{{ config(materialized='view') }}

{#- Of each fact: its entity, what names a document, the year that its number is of, the day or the fiscal period that it counts for,
    and the figures that have to agree, at most three; where two names are given, the second is the fact's. -#}
{%- set value_of_stock = [
    'case when document_currency = company_currency then stock_value_document end',
    'case when document_currency = company_currency then stock_value_company end',
] %}
{#- Of a company that nobody knows, the fact reckons the amount itself: its currency is not known either. -#}
{%- set in_company_currency = 'case when company_key <> -1 then net_amount_company end' %}
{%- set facts = [
    ('campaign_touch', 'source_id', none, 'touch_date', []),
    ('case', 'case_number', none, 'opened_date', []),
    ('interaction', 'source_id', none, 'interaction_date', []),
    ('lead', 'source_id', none, 'created_at', []),
    ('opportunity', 'source_id', none, 'close_date', ['amount_document']),
    ('quote_line', 'quote_number', none, 'quote_date', ['net_amount_document', 'quantity']),
    ('sales_order_line', 'order_number', none, 'order_date', ['net_amount_document', 'quantity']),
    ('delivery_line', 'delivery_number', none, 'delivery_date', ['quantity']),
    ('return_line', 'return_number', none, 'return_date', ['net_amount_document', 'quantity']),
    (
        'invoice_line', 'invoice_number', none, 'invoice_date',
        ['net_amount_document', 'tax_amount_document', 'cost_amount_document'],
    ),
    ('stock_movement', 'document_number', 'fiscal_year', 'posting_date', ['quantity', value_of_stock]),
    ('purchase_order_line', 'purchase_order_number', none, 'order_date', ['net_amount_document', 'quantity']),
    (
        'goods_receipt_line', 'document_number', 'fiscal_year', 'posting_date',
        ['net_amount_document', in_company_currency, 'quantity'],
    ),
    (
        'supplier_invoice_line', 'document_number', 'fiscal_year', 'posting_date',
        ['net_amount_document', in_company_currency, 'quantity'],
    ),
    ('production_order', 'production_order_number', none, 'planned_start_date', ['planned_quantity']),
    ('journal_entry', 'document_number', 'fiscal_year', none, []),
    ('journal_line', 'document_number', 'fiscal_year', none, ['amount_document', 'amount_company', 'amount_group']),
    ('receivable_item', 'document_number', 'fiscal_year', 'posting_date', ['amount_document', 'amount_company']),
    ('payable_item', 'document_number', 'fiscal_year', 'posting_date', ['amount_document', 'amount_company']),
    (
        'payment', 'document_number', 'fiscal_year', 'payment_date',
        ['amount_document', 'amount_company', 'discount_amount_document'],
    ),
    ('budget_line', 'budget_version', 'fiscal_year', none, [('amount', 'amount_document')]),
    ('payroll_cost', 'payroll_month', none, 'payroll_date', ['gross_pay_document']),
] %}
{%- set of_no_company = ['campaign_touch', 'case', 'interaction', 'lead', 'opportunity', 'quote_line'] %}
{%- set difference = 'abs(sum(sign)) + abs(sum(sign * figure_1)) + abs(sum(sign * figure_2)) + abs(sum(sign * figure_3))' %}
with

company as (
    select * from {{ ref('dim_company') }}
),

{% for entity, document, year, day, figures in facts -%}
{{ entity }}_record as (
    {%- if entity in of_no_company %}
    select * from {{ ref(entity) }}
    where not is_deleted
    {%- else %}
    select
        entity.*,
        {{ "coalesce(company.company_currency, '" ~ var('group_currency') ~ "') as company_currency," if entity == 'stock_movement' }}
        coalesce(company.company_key, -1) as company_key
    from {{ ref(entity) }} as entity
    left join company on entity.source_system = company.source_system and entity.company_code = company.company_code
    where not entity.is_deleted
    {%- endif %}
),

{% endfor -%}
-- First company by company and period by period. What one document has too much and another too little is told by the fingerprint.
cell as (
    {%- for entity, document, year, day, figures in facts %}
    select
        '{{ entity }}' as entity,
        company_key,
        period_year,
        period_month,
        sum(case when sign = 1 then 1 + figure_1 + figure_2 + figure_3 else 0 end) as expected,
        sum(sign * {{ fingerprint(['document', 'figure_1', 'figure_2', 'figure_3']) }}) <> 0 as is_different
    from ({{ records_and_facts(entity, document, year, day, figures, entity not in of_no_company) }}) as side
    group by company_key, period_year, period_month
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

different_cell as (
    select * from cell
    where is_different
),

-- Then document by document, where anything differs.
document as (
    {%- for entity, document, year, day, figures in facts %}
    select
        side.company_key,
        side.period_year,
        side.period_month,
        '{{ entity }} ' || coalesce(side.document, '?') as document,
        {{ difference }} as difference
    from ({{ records_and_facts(entity, document, year, day, figures, entity not in of_no_company) }}) as side
    inner join different_cell
        on
            different_cell.entity = '{{ entity }}'
            and side.company_key = different_cell.company_key
            and side.period_year = different_cell.period_year
            and side.period_month = different_cell.period_month
    group by side.company_key, side.period_year, side.period_month, side.document
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

total as (
    select
        company_key,
        period_year,
        period_month,
        expected,
        0 as difference,
        cast(null as varchar) as document
    from cell

    union all

    select
        company_key,
        period_year,
        period_month,
        0 as expected,
        difference,
        document
    from document
),

-- Records, amounts and quantities are added up whatever their units: what auditors call a hash total. Differences come on top
-- without their signs, so that none hides another.
check_facts_equal_sources as (
    select
        'facts_equal_sources' as check_name,
        case when total.company_key <> 0 then coalesce(company.company_code, 'unknown') end as company,
        case when total.period_year <> 0 then {{ period_text('total.period_year', 'total.period_month') }} else 'unknown' end as period,
        cast(sum(total.expected) as decimal(18, 2)) as expected,
        cast(sum(total.expected + total.difference) as decimal(18, 2)) as actual,
        {{ list_text('total.document', 'total.difference <> 0') }} as documents
    from total
    left join company on total.company_key = company.company_key
    group by total.company_key, company.company_code, total.period_year, total.period_month
)

select * from check_facts_equal_sources
