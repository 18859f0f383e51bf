{{ config(materialized='view') }}

with

-- What stock gained in a month by the mart, and by the movements with what was there before them.
grown as (
    select
        company_key,
        stock_month,
        sum(stock_value_company) as stock_value
    from {{ ref('stock_month') }}
    group by company_key, stock_month
),

gain as (
    select
        company_key,
        stock_month as part_month,
        stock_value - lag(stock_value, 1, 0) over (partition by company_key order by stock_month) as actual
    from grown
),

first_month as (
    select min(stock_month) as stock_month from grown
),

moved as (
    select
        warehouse.company_key,
        date_trunc('month', movement.posting_date) as part_month,
        movement.stock_value_company as expected
    from {{ ref('fct_stock_movement') }} as movement
    inner join {{ ref('dim_warehouse') }} as warehouse on movement.warehouse_key = warehouse.warehouse_key

    union all

    select
        level.company_key,
        first_month.stock_month as part_month,
        level.stock_value_company as expected
    from {{ ref('fct_stock_level') }} as level
    cross join first_month
    where level.is_opening
),

part as (
    select
        'stock_month.stock_value_company' as part,
        company_key,
        part_month,
        expected,
        cast(0 as decimal(18, 2)) as actual
    from moved

    union all

    select
        'stock_month.stock_value_company' as part,
        company_key,
        part_month,
        0 as expected,
        actual
    from gain

    union all

    select
        'stock_ageing.stock_value_company' as part,
        company_key,
        stock_month,
        0 as expected,
        stock_value_company as actual
    from {{ ref('stock_ageing') }}

    union all

    select
        'stock_ageing.stock_value_company' as part,
        stock.company_key,
        stock.stock_month,
        stock.stock_value_company as expected,
        0 as actual
    from {{ ref('stock_month') }} as stock
    where stock.stock_month >= (select min(ageing.stock_month) from {{ ref('stock_ageing') }} as ageing)
    {%- for fact, date, measure in [
        ('fct_purchase_order_line', 'order_date', 'ordered'),
        ('fct_goods_receipt_line', 'posting_date', 'received'),
        ('fct_supplier_invoice_line', 'posting_date', 'invoiced'),
    ] %}

    union all

    select
        'spend_cube.{{ measure }}_amount_company' as part,
        company_key,
        date_trunc('month', {{ date }}) as part_month,
        net_amount_company as expected,
        0 as actual
    from {{ ref(fact) }}

    union all

    select
        'spend_cube.{{ measure }}_amount_company' as part,
        company_key,
        spend_month as part_month,
        0 as expected,
        {{ measure }}_amount_company as actual
    from {{ ref('spend_cube') }}
    {%- endfor %}
),

total as (
    select
        part,
        company_key,
        part_month,
        sum(expected) as expected,
        sum(actual) as actual
    from part
    group by part, company_key, part_month
),

check_inventory_marts_equal_facts as (
    select
        'inventory_marts_equal_facts' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ month_text('total.part_month') }} as period,
        cast(sum(total.expected) as decimal(18, 2)) as expected,
        cast(sum(total.actual) as decimal(18, 2)) as actual,
        {{ list_text('total.part', 'total.expected <> total.actual') }} as documents
    from total
    left join {{ ref('dim_company') }} as company on total.company_key = company.company_key
    group by total.company_key, company.company_code, total.part_month
)

select * from check_inventory_marts_equal_facts
