{{ config(meta={'made_of': ['purchase_order_line', 'goods_receipt_line', 'supplier_invoice_line']}) }}

with

document as (
    {%- for fact, date, kind in [
        ('fct_purchase_order_line', 'order_date', 'ordered'),
        ('fct_goods_receipt_line', 'posting_date', 'received'),
        ('fct_supplier_invoice_line', 'posting_date', 'invoiced'),
    ] %}
    select
        '{{ kind }}' as kind,
        cast(date_trunc('month', {{ date }}) as date) as spend_month,
        supplier_key,
        product_key,
        company_key,
        quantity,
        net_amount_group,
        net_amount_company
    from {{ ref(fact) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

spent as (
    select
        spend_month,
        supplier_key,
        product_key,
        {%- for kind in ['ordered', 'received', 'invoiced'] %}
        count(*) filter (where kind = '{{ kind }}') as {{ kind }}_lines,
        cast(coalesce(sum(quantity) filter (where kind = '{{ kind }}'), 0) as decimal(18, 3)) as {{ kind }}_quantity,
        {%- for role in ['group', 'company'] %}
        case
            when count(*) filter (where kind = '{{ kind }}') = 0 then 0
            else cast(sum(net_amount_{{ role }}) filter (where kind = '{{ kind }}') as decimal(18, 2))
        end as {{ kind }}_amount_{{ role }},
        count(*) filter (where kind = '{{ kind }}' and net_amount_{{ role }} is null) as {{ kind }}_lines_unknown_{{ role }},
        {%- endfor %}
        {%- endfor %}
        company_key
    from document
    group by spend_month, supplier_key, product_key, company_key
),

spend_cube as (
    select
        spent.spend_month,
        spent.supplier_key,
        spent.product_key,
        spent.company_key,
        supplier.supplier_number,
        supplier.supplier_name,
        supplier.account_group as supplier_group,
        supplier.country_code as supplier_country_code,
        product.category_code,
        product.category_name,
        product.product_number,
        product.product_name,
        company.company_code,
        company.company_currency,
        spent.ordered_lines,
        spent.ordered_quantity,
        spent.ordered_amount_group,
        spent.ordered_lines_unknown_group,
        spent.ordered_amount_company,
        spent.ordered_lines_unknown_company,
        spent.received_lines,
        spent.received_quantity,
        spent.received_amount_group,
        spent.received_lines_unknown_group,
        spent.received_amount_company,
        spent.received_lines_unknown_company,
        spent.invoiced_lines,
        spent.invoiced_quantity,
        spent.invoiced_amount_group,
        spent.invoiced_lines_unknown_group,
        spent.invoiced_amount_company,
        spent.invoiced_lines_unknown_company
    from spent
    left join {{ ref('dim_supplier') }} as supplier on spent.supplier_key = supplier.supplier_key
    left join {{ ref('dim_product') }} as product on spent.product_key = product.product_key and product.is_current
    left join {{ ref('dim_company') }} as company on spent.company_key = company.company_key
)

select * from spend_cube
