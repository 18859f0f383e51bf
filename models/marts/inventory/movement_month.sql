{{ config(meta={'made_of': ['stock_movement']}) }}

with

movement as (
    select * from {{ ref('fct_stock_movement') }}
),

kind as (
    select * from {{ ref('movement_kinds') }}
),

-- A reversal of a receipt is a receipt less, and no issue.
directed as (
    select
        movement.product_key,
        movement.warehouse_key,
        cast(date_trunc('month', movement.posting_date) as date) as stock_month,
        movement.movement_kind,
        movement.quantity,
        movement.stock_value_company,
        movement.stock_value_group,
        coalesce(kind.demand_of, 'none') as demand_of,
        movement.movement_kind = 'revaluation' as is_revaluation,
        (movement.quantity > 0) <> movement.is_reversal and movement.quantity <> 0 as is_receipt,
        (movement.quantity < 0) <> movement.is_reversal and movement.quantity <> 0 as is_issue
    from movement
    left join kind on movement.movement_kind = kind.movement_kind
),

movement_month as (
    select
        product_key,
        warehouse_key,
        stock_month,
        cast(coalesce(sum(quantity) filter (where is_receipt), 0) as decimal(18, 3)) as received_quantity,
        cast(coalesce(-sum(quantity) filter (where is_issue), 0) as decimal(18, 3)) as issued_quantity,
        cast(coalesce(sum(stock_value_company) filter (where is_receipt), 0) as decimal(18, 2)) as received_value_company,
        cast(coalesce(-sum(stock_value_company) filter (where is_issue), 0) as decimal(18, 2)) as issued_value_company,
        cast(coalesce(sum(stock_value_company) filter (where not is_receipt and not is_issue), 0) as decimal(18, 2))
            as revalued_company,
        cast(coalesce(-sum(quantity) filter (where movement_kind = 'sale' and is_issue), 0) as decimal(18, 3)) as sold_quantity,
        cast(coalesce(-sum(quantity) filter (where is_issue and demand_of = 'group'), 0) as decimal(18, 3)) as demand_quantity,
        cast(coalesce(-sum(quantity) filter (where is_issue and demand_of <> 'none'), 0) as decimal(18, 3))
            as warehouse_demand_quantity,
        cast(coalesce(-sum(stock_value_group) filter (where is_issue and demand_of = 'group'), 0) as decimal(18, 2))
            as demand_value_group,
        cast(coalesce(-sum(stock_value_group) filter (where is_issue and demand_of in ('group', 'company')), 0) as decimal(18, 2))
            as company_demand_value_group,
        cast(coalesce(-sum(stock_value_group) filter (where is_issue and demand_of <> 'none'), 0) as decimal(18, 2))
            as warehouse_demand_value_group
    from directed
    group by product_key, warehouse_key, stock_month
)

select * from movement_month
