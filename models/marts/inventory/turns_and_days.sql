{{ config(meta={'made_of': ['stock_movement', 'stock_balance']}) }}

with

stock as (
    select * from {{ ref('stock_month') }}
),

movement_month as (
    select * from {{ ref('movement_month') }}
),

place as (
    select
        stock.stock_month,
        stock.stock_date,
        stock.product_key,
        stock.warehouse_key,
        stock.company_key,
        stock.stock_value_group,
        coalesce(moved.demand_value_group, 0) as demand_value_group,
        coalesce(moved.company_demand_value_group, 0) as company_demand_value_group,
        coalesce(moved.warehouse_demand_value_group, 0) as warehouse_demand_value_group
    from stock
    left join movement_month as moved
        on
            stock.product_key = moved.product_key
            and stock.warehouse_key = moved.warehouse_key
            and stock.stock_month = moved.stock_month
),

-- What counts as demand depends on who is asked: a transfer leaves a warehouse, and not the company.
leveled as (
    {%- for level, columns, demand in [
        ('product in warehouse', ['product_key', 'warehouse_key', 'company_key'], 'warehouse_demand_value_group'),
        ('warehouse', ['warehouse_key', 'company_key'], 'warehouse_demand_value_group'),
        ('company', ['company_key'], 'company_demand_value_group'),
        ('product', ['product_key'], 'demand_value_group'),
        ('group', [], 'demand_value_group'),
    ] %}
    select
        '{{ level }}' as level,
        {%- for column in ['product_key', 'warehouse_key', 'company_key'] %}
        {{ column if column in columns else 'cast(null as bigint) as ' ~ column }},
        {%- endfor %}
        stock_month,
        max(stock_date) as stock_date,
        sum(stock_value_group) as stock_value_group,
        sum({{ demand }}) as demand_value_group
    from place
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Every row has a month end, so that so many rows before are so many months before.
look_back as (
    select
        *,
        count(*) over past as trailing_months,
        min(stock_month) over past as first_month,
        avg(stock_value_group) over past as average_stock_group,
        sum(demand_value_group) over past as trailing_demand_group
    from leveled
    window past as (
        partition by level, product_key, warehouse_key, company_key
        order by stock_month
        rows between {{ var('trailing_months') - 1 }} preceding and current row
    )
),

measured as (
    select
        *,
        {{ days_after('stock_date', 'first_month') }} + 1 as trailing_days,
        {{ days_after(
            "cast(stock_month + interval 1 month as date)",
            "cast(stock_month - interval " ~ (var('trailing_months') - 1) ~ " month as date)"
        ) }} as full_days
    from look_back
),

turns_and_days as (
    select
        measured.level,
        measured.stock_month,
        measured.stock_date,
        measured.product_key,
        measured.warehouse_key,
        measured.company_key,
        product.product_number,
        product.product_name,
        warehouse.warehouse_code,
        warehouse.warehouse_name,
        company.company_code,
        measured.trailing_months,
        cast(measured.stock_value_group as decimal(18, 2)) as stock_value_group,
        cast(measured.demand_value_group as decimal(18, 2)) as demand_value_group,
        cast(measured.average_stock_group as decimal(18, 2)) as average_stock_group,
        cast(measured.trailing_demand_group as decimal(18, 2)) as trailing_demand_group,
        cast(measured.trailing_demand_group as double) / nullif(measured.average_stock_group, 0)
        * measured.full_days / measured.trailing_days as inventory_turns,
        cast(measured.average_stock_group as double) / nullif(measured.trailing_demand_group, 0)
        * measured.trailing_days as inventory_days
    from measured
    left join {{ ref('dim_product') }} as product on measured.product_key = product.product_key and product.is_current
    left join {{ ref('dim_warehouse') }} as warehouse on measured.warehouse_key = warehouse.warehouse_key
    left join {{ ref('dim_company') }} as company on measured.company_key = company.company_key
)

select * from turns_and_days
