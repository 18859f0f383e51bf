{{ config(materialized='view') }}

with

said as (
    select
        source_system,
        product_number,
        warehouse_code,
        quantity
    from {{ ref('stock_balance') }}
    where not is_deleted
),

-- What the system says beyond all movements is a row of its own (is_opening): it counts for what was said, and not for what moved.
moved as (
    select
        source_system,
        product_number,
        warehouse_code,
        sum(received_quantity - issued_quantity) as quantity
    from {{ ref('fct_stock_level') }}
    where not is_opening
    group by source_system, product_number, warehouse_code
),

place as (
    select
        coalesce(said.source_system, moved.source_system) as source_system,
        coalesce(said.warehouse_code, moved.warehouse_code) as warehouse_code,
        concat_ws('/', coalesce(said.product_number, moved.product_number), coalesce(said.warehouse_code, moved.warehouse_code))
            as document,
        coalesce(said.quantity, 0) as expected,
        coalesce(moved.quantity, 0) as actual
    from said
    full join moved
        on
            said.source_system = moved.source_system
            and said.product_number = moved.product_number
            and said.warehouse_code = moved.warehouse_code
),

check_stock_equals_system_stock as (
    select
        'stock_equals_system_stock' as check_name,
        coalesce(warehouse.company_code, 'unknown') as company,
        {{ month_text('today.as_of_month') }} as period,
        cast(sum(place.expected) as decimal(18, 2)) as expected,
        cast(sum(place.actual) as decimal(18, 2)) as actual,
        {{ list_text('place.document', 'place.expected <> place.actual') }} as documents
    from place
    cross join {{ ref('as_of') }} as today
    left join {{ ref('dim_warehouse') }} as warehouse
        on place.source_system = warehouse.source_system and place.warehouse_code = warehouse.warehouse_code
    group by warehouse.company_code, today.as_of_month
)

select * from check_stock_equals_system_stock
