{{ config(meta={'made_of': ['stock_movement', 'stock_balance', 'sales_order_line', 'purchase_order_line', 'production_order']}) }}

with

today as (
    select * from {{ ref('as_of') }}
),

event as (
    select * from {{ ref('stock_event') }}
),

lying as (
    select
        product_key,
        warehouse_key,
        sum(quantity_on_hand) filter (where valid_to = date '9999-12-31') as quantity_on_hand,
        sum(stock_value_company) filter (where valid_to = date '9999-12-31') as stock_value_company,
        max(valid_from) filter (where received_quantity > 0) as last_receipt_date,
        max(valid_from) filter (where issued_quantity > 0) as last_issue_date
    from {{ ref('fct_stock_level') }}
    group by product_key, warehouse_key
),

planned as (
    select
        event.product_key,
        event.warehouse_key,
        coalesce(-sum(event.quantity) filter (where event.event_kind = 'sales_order'), 0) as reserved_quantity,
        coalesce(
            -sum(event.quantity) filter (where event.event_kind = 'sales_order' and event.planned_date <= today.as_of_date), 0
        ) as backlog_quantity,
        coalesce(-sum(event.quantity) filter (where event.event_kind = 'component'), 0) as component_quantity,
        coalesce(sum(event.quantity) filter (where event.event_kind = 'purchase_order'), 0) as on_order_quantity,
        coalesce(
            sum(event.quantity) filter (where event.event_kind = 'purchase_order' and event.planned_date < today.as_of_date), 0
        ) as overdue_on_order_quantity,
        coalesce(sum(event.quantity) filter (where event.event_kind = 'production_order'), 0) as in_production_quantity,
        min(event.expected_date) filter (where event.quantity > 0) as next_receipt_date
    from event
    cross join today
    group by event.product_key, event.warehouse_key
),

place as (
    select
        product_key,
        warehouse_key
    from lying

    union

    select
        product_key,
        warehouse_key
    from planned
),

named as (
    {{ with_stock_names('place') }}
),

stock_today as (
    select
        today.as_of_date,
        named.product_key,
        named.warehouse_key,
        named.company_key,
        named.product_number,
        named.product_name,
        named.category_name,
        named.unit_of_measure,
        named.warehouse_code,
        named.warehouse_name,
        named.company_code,
        cast(coalesce(lying.quantity_on_hand, 0) as decimal(18, 3)) as quantity_on_hand,
        cast(coalesce(planned.reserved_quantity, 0) as decimal(18, 3)) as reserved_quantity,
        cast(coalesce(planned.backlog_quantity, 0) as decimal(18, 3)) as backlog_quantity,
        cast(coalesce(planned.component_quantity, 0) as decimal(18, 3)) as component_quantity,
        cast(coalesce(planned.on_order_quantity, 0) as decimal(18, 3)) as on_order_quantity,
        cast(coalesce(planned.overdue_on_order_quantity, 0) as decimal(18, 3)) as overdue_on_order_quantity,
        cast(coalesce(planned.in_production_quantity, 0) as decimal(18, 3)) as in_production_quantity,
        cast(
            coalesce(lying.quantity_on_hand, 0) - coalesce(planned.reserved_quantity, 0) - coalesce(planned.component_quantity, 0)
            as decimal(18, 3)
        ) as free_quantity,
        cast(
            coalesce(lying.quantity_on_hand, 0) - coalesce(planned.reserved_quantity, 0) - coalesce(planned.component_quantity, 0)
            + coalesce(planned.on_order_quantity, 0) + coalesce(planned.in_production_quantity, 0) as decimal(18, 3)
        ) as position_quantity,
        lying.last_receipt_date,
        lying.last_issue_date,
        planned.next_receipt_date,
        named.company_currency,
        cast(coalesce(lying.stock_value_company, 0) as decimal(18, 2)) as stock_value_company,
        {{ amount_in('coalesce(lying.stock_value_company, 0)', rate_to_group('named.company_currency', 'rate.exchange_rate')) }}
            as stock_value_group
    from named
    cross join today
    left join lying on named.product_key = lying.product_key and named.warehouse_key = lying.warehouse_key
    left join planned on named.product_key = planned.product_key and named.warehouse_key = planned.warehouse_key
    left join {{ ref('exchange_rate_day') }} as rate
        on named.company_currency = rate.from_currency and today.as_of_date = rate.rate_date
)

select * from stock_today
